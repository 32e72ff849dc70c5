package hub.util.log;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.filter.AbstractFilter;

/**
 * Ends the process when its heap is full: it may have lost threads, and its answers are unreliable.
 * The supervisor starts it again. Sees errors that end a thread or reach the log. Code that keeps
 * only an error's text must call {@link #endIfCause}.
 */
public final class OutOfMemoryFilter {
  /** The exit code; the same as with the JVM's option ExitOnOutOfMemoryError. */
  public static final int EXIT_CODE = 3;

  private static final int MAX_CAUSES = 20;

  private OutOfMemoryFilter() {}

  /** Installs the filter; a second call changes nothing. */
  public static void watch() {
    Thread.setDefaultUncaughtExceptionHandler(OutOfMemoryFilter::ended);
    if (LogManager.getContext(false) instanceof LoggerContext log
        && !(log.getConfiguration().getRootLogger().getFilter() instanceof LogFilter)) {
      // Loggers with a level of their own pass their events to the root logger.
      LogFilter filter = new LogFilter();
      filter.start();
      log.getConfiguration().getRootLogger().addFilter(filter);
      log.updateLoggers();
    }
  }

  private static void ended(Thread thread, Throwable error) {
    endIfCause(error);
    LogManager.getLogger(OutOfMemoryFilter.class).error("thread={} ended", thread.getName(), error);
  }

  /** Ends the process if the heap is full, by {@code error} or one of its causes. */
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
   * Whether the heap is full. A lack of memory outside of the heap does not count: it only closes
   * one connection.
   */
  static boolean isOfHeap(Throwable error) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < MAX_CAUSES; t = t.getCause(), depth++) {
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

  /** Sees every log event, also those of libraries. */
  private static final class LogFilter extends AbstractFilter {
    @Override
    public Result filter(LogEvent event) {
      endIfCause(event.getThrown());
      return Result.NEUTRAL;
    }
  }
}
