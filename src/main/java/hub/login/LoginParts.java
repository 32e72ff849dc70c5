package hub.login;

import hub.settings.Settings;
import hub.store.Database;
import java.time.Clock;
import org.apache.camel.CamelContext;

/** Puts what logging in needs into a Camel context. */
public final class LoginParts {
  private LoginParts() {}

  /** Binds {@code sessions}. */
  public static void addTo(CamelContext context, Settings settings, Database database)
      throws Exception {
    Sessions sessions = new Sessions(database, settings, Clock.systemUTC());
    context.getRegistry().bind("sessions", sessions);
    context.addRoutes(new LoginExpiry(sessions));
  }
}
