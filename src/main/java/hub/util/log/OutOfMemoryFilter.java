package hub.util.log;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.filter.AbstractFilter;

/**
 * Ends the process when its heap is used up: what runs on has lost threads and answers nobody knows
 * of. Whoever supervises the process starts it again. Looks at what reaches a thread's end or the
 * log; whoever only keeps an error's text asks {@link #endIfCause} first.
 */
public final class OutOfMemoryFilter {
  /** What a supervisor sees; the JVM's own switch for this ends with 3 too. */
  public static final int EXIT_CODE = 3;

  private static final int MOST_CAUSES = 20;

  private static final Thread.UncaughtExceptionHandler HANDLER =
      (thread, error) -> {
        endIfCause(error);
        LogManager.getLogger(OutOfMemoryFilter.class)
            .error("thread={} ended", thread.getName(), error);
      };

  private OutOfMemoryFilter() {}

  /** Begins to look. Again: changes nothing. */
  public static void watch() {
    Thread.setDefaultUncaughtExceptionHandler(HANDLER);
    if (LogManager.getContext(false) instanceof LoggerContext log
        && !(log.getConfiguration().getRootLogger().getFilter() instanceof LogFilter)) {
      // Loggers with a level of their own hand their events on to the root's.
      LogFilter filter = new LogFilter();
      filter.start();
      log.getConfiguration().getRootLogger().addFilter(filter);
      log.updateLoggers();
    }
  }

  /** Ends the process if {@code error}, or what caused it, is that the heap is used up. */
  public static void endIfCause(Throwable error) {
    if (isOfHeap(error)) {
      System.err.println(
          "out of memory: the hub ends with exit code "
              + EXIT_CODE
              + ", to be started again; -Xmx sets how much it may take");
      Runtime.getRuntime().halt(EXIT_CODE);
    }
  }

  /**
   * Whether the heap is used up. Memory outside of it is not meant: a connection that gets none is
   * closed, and the rest is well.
   */
  static boolean isOfHeap(Throwable error) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < MOST_CAUSES; t = t.getCause(), depth++) {
      if (t instanceof OutOfMemoryError && isOfHeap(String.valueOf(t.getMessage()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfHeap(String message) {
    return message.startsWith("Java heap space")
        || message.startsWith("GC overhead limit exceeded")
        || message.startsWith("Metaspace")
        || message.startsWith("Compressed class space");
  }

  /** Sees every event of the log, whichever library wrote it. */
  private static final class LogFilter extends AbstractFilter {
    @Override
    public Result filter(LogEvent event) {
      endIfCause(event.getThrown());
      return Result.NEUTRAL;
    }
  }
}
