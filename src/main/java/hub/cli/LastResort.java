package hub.cli;

import hub.inbox.StopBudget;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process when its stop takes longer than {@code camel.main.shutdownTimeout}, as a handler
 * that listens to no interrupt can make it. What was acknowledged is safe, as after a kill.
 */
final class LastResort extends MainListenerSupport {
  private static final Logger LOG = LoggerFactory.getLogger(LastResort.class);

  /** So that it is gone before the time is over, not just dying. */
  private static final Duration TO_DIE = Duration.ofMillis(500);

  /** What a process ends with that SIGTERM ended. */
  private static final int TERMINATED = 143;

  @Override
  public void beforeStop(BaseMainSupport main) {
    Optional.ofNullable(main.getCamelContext())
        .map(context -> context.getRegistry().findSingleByType(StopBudget.class))
        .ifPresent(LastResort::arm);
  }

  private static void arm(StopBudget budget) {
    Thread thread = new Thread(() -> endAfter(budget.total().minus(TO_DIE)), "last-resort");
    thread.setDaemon(true);
    thread.start();
  }

  private static void endAfter(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
      LOG.warn("stop=forced: something does not end within camel.main.shutdownTimeout");
      Runtime.getRuntime().halt(TERMINATED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
