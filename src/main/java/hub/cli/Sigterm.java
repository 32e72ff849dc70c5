package hub.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Makes a stop by SIGTERM end with exit code 0. By default the JVM ends with 143, which supervisors
 * take for a failure.
 */
final class Sigterm {
  private static final Logger LOG = LoggerFactory.getLogger(Sigterm.class);

  private Sigterm() {}

  /**
   * From now on SIGTERM runs {@code stop} instead of ending the JVM.
   *
   * @param stop starts the stop and returns at once
   */
  static void handledBy(Runnable stop) {
    try {
      Signal.handle(
          new Signal("TERM"),
          signal -> {
            LOG.info("stop=begun by SIGTERM");
            stop.run();
          });
    } catch (IllegalArgumentException e) {
      LOG.debug("this JVM does not handle signals (-Xrs)", e);
    }
  }
}
