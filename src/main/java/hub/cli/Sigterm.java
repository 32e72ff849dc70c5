package hub.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * Lets a stop by SIGTERM end with exit code 0. Left to itself, the JVM runs its shutdown hooks and
 * ends with 143, which a supervisor takes for a failure.
 */
final class Sigterm {
  private static final Logger LOG = LoggerFactory.getLogger(Sigterm.class);

  private Sigterm() {}

  /**
   * From now on SIGTERM runs {@code stop} instead of ending the JVM.
   *
   * @param stop begins the stop and returns at once
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
      LOG.debug("this JVM leaves signals to somebody else (-Xrs)", e);
    }
  }
}
