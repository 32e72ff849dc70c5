package hub.cli;

import hub.inbox.engine.StopBudget;
import hub.util.DaemonThreads;
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
 * Ends the process when the stop takes longer than {@code camel.main.shutdownTimeout}, for instance
 * because a handler ignores interrupts. Acknowledged events are safe, as after a kill.
 */
final class ShutdownWatchdog extends MainListenerSupport {
  private static final Logger LOG = LoggerFactory.getLogger(ShutdownWatchdog.class);

  /**
   * The longest time reserved for ending the process, so that it has ended when the time is over: a
   * JVM waits for its compiler's threads, which takes seconds on a busy machine.
   */
  private static final Duration MARGIN = Duration.ofSeconds(3);

  /**
   * How long the line may take that says why: whoever reads the output may have stopped reading.
   */
  private static final Duration LAST_LINE = Duration.ofMillis(200);

  /**
   * Camel's default of {@code camel.main.shutdownTimeout}, for a start that has not read its
   * settings yet.
   */
  private static final Duration DEFAULT = Duration.ofSeconds(30);

  private static final AtomicBoolean STARTED = new AtomicBoolean();

  /** Exit code of a forced end; a requested stop is no failure. */
  private static volatile int exitCode = ExitCode.OK;

  @Override
  public void beforeStop(BaseMainSupport main) {
    begin(main);
  }

  /** From now on a forced end has the exit code of a failed start. */
  static void startFailed() {
    exitCode = ExitCode.SOFTWARE;
  }

  /** Starts the time, unless it has started already. */
  static void begin(BaseMainSupport main) {
    if (!STARTED.compareAndSet(false, true)) {
      return;
    }
    Duration total =
        Optional.ofNullable(main.getCamelContext())
            .map(context -> context.getRegistry().findSingleByType(StopBudget.class))
            .map(StopBudget::total)
            .orElse(DEFAULT);
    Duration share = total.dividedBy(6);
    Duration margin = MARGIN.compareTo(share) < 0 ? MARGIN : share;
    DaemonThreads.named("shutdown-watchdog", () -> endAfter(total.minus(margin))).start();
  }

  private static void endAfter(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
      Thread line = DaemonThreads.named("shutdown-line", ShutdownWatchdog::tell);
      line.start();
      line.join(LAST_LINE.toMillis());
      // Unfinished deliveries are released when their leases expire.
      Runtime.getRuntime().halt(exitCode);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void tell() {
    LOG.warn("stop=forced: something does not end within camel.main.shutdownTimeout");
  }
}
