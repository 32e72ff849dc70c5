package hub.util;

import java.time.Clock;
import java.util.Optional;
import org.apache.camel.CamelContext;

/** The clock of a hub. */
public final class HubClock {
  /** Name in the registry. */
  public static final String BEAN = "clock";

  private HubClock() {}

  /** The clock in the registry, which tests bind; otherwise the system's. */
  public static Clock of(CamelContext context) {
    return Optional.ofNullable(context.getRegistry().lookupByNameAndType(BEAN, Clock.class))
        .orElse(Clock.systemUTC());
  }
}
