package hub.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.IterativePollInterval;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How often tests look for the state that they wait for, where they do not say it themselves: often
 * at first, for what comes at once, and rarely in a long wait. For all classes, because JUnit finds
 * it as a service.
 */
public final class Awaiting implements BeforeAllCallback {
  private static final Duration FIRST = Duration.ofMillis(10);
  private static final Duration LONGEST = Duration.ofMillis(80);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultPollInterval(
        IterativePollInterval.iterative(
            last -> last.compareTo(LONGEST) < 0 ? last.multipliedBy(2) : LONGEST, FIRST));
  }
}
