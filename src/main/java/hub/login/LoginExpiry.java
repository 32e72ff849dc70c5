package hub.login;

import hub.store.StoreUnavailable;
import org.apache.camel.builder.RouteBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes sessions that have run out. */
public final class LoginExpiry extends RouteBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(LoginExpiry.class);

  private final Sessions sessions;

  public LoginExpiry(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void configure() {
    from("timer:login-expire?period=10m&delay=1m&includeMetadata=false")
        .routeId("login-expire")
        .routeDescription("Deletes sessions that have run out.")
        .process(exchange -> expire());
  }

  private void expire() {
    try {
      int ended = sessions.expire();
      if (ended > 0) {
        LOG.info("login=expire sessions={}", ended);
      }
    } catch (StoreUnavailable e) {
      LOG.warn("login=expire outcome=failed error={}", e.getMessage());
    }
  }
}
