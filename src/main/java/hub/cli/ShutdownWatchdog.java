package hub.cli;

import hub.inbox.engine.StopBudget;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/**
 * Ends the process when its stop takes longer than {@code camel.main.shutdownTimeout}, as a handler
 * that listens to no interrupt can make it. What was acknowledged is safe, as after a kill.
 */
final class ShutdownWatchdog extends MainListenerSupport {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownWatchdog.class);

  /** So that it is gone before the time is over, not just dying. */
  private static final Duration TO_DIE = Duration.ofMillis(500);

  /**
   * Camel's own default for {@code camel.main.shutdownTimeout}, for a start that is not yet read.
   */
  private static final Duration DEFAULT = Duration.ofSeconds(30);

  private static final AtomicBoolean BEGUN = new AtomicBoolean();

  /** How a process ends that has to be ended. A stop that was asked for is no failure. */
  private static volatile int status = ExitCode.OK;

  @Override
  public void beforeStop(BaseMainSupport main) {
    begin(main);
  }

  /** From now on a forced end is that of a start that failed. */
  static void startFailed() {
    status = ExitCode.SOFTWARE;
  }

  /** Counts from now, unless it counts already. */
  static void begin(BaseMainSupport main) {
    if (!BEGUN.compareAndSet(false, true)) {
      return;
    }
    Duration total =
        Optional.ofNullable(main.getCamelContext())
            .map(context -> context.getRegistry().findSingleByType(StopBudget.class))
            .map(StopBudget::total)
            .orElse(DEFAULT);
    Thread thread = new Thread(() -> endAfter(total.minus(TO_DIE)), "last-resort");
    thread.setDaemon(true);
    thread.start();
  }

  private static void endAfter(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
      LOG.warn("stop=forced: something does not end within camel.main.shutdownTimeout");
      // What is unfinished is released by its lease.
      Runtime.getRuntime().halt(status);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
