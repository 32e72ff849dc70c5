package hub.trial;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.filter.AbstractFilterable;

/**
 * Notes the lines that steps of routes under test write to the log, also where the command prints
 * none of them.
 */
final class LogCapture implements AutoCloseable {
  private static final String NAME = "hub-trial";

  /** Beginnings of the names of loggers that are not those of a route's own code. */
  private static final List<String> OTHERS =
      List.of(
          "hub.",
          "org.apache.",
          "org.flywaydb.",
          "org.h2.",
          "com.stripe.",
          "com.zaxxer.",
          "io.",
          "software.amazon.");

  private final LoggerContext context;
  private final LoggerConfig root;
  private final Level before;
  private final Map<String, Appender> silenced;
  private final Filter noTrials = TrialThreads.filter();

  LogCapture(Stages stages) {
    context = (LoggerContext) LogManager.getContext(false);
    root = context.getConfiguration().getRootLogger();
    before = root.getLevel();
    silenced = before.equals(Level.OFF) ? Map.copyOf(root.getAppenders()) : Map.of();
    silenced.keySet().forEach(root::removeAppender);
    usual().forEach(appender -> appender.addFilter(noTrials));
    AbstractAppender lines =
        new AbstractAppender(NAME, null, null, true, Property.EMPTY_ARRAY) {
          @Override
          public void append(LogEvent event) {
            if (isOfRoute(event.getLoggerName())) {
              stages.current().log(event.getMessage().getFormattedMessage());
            }
          }
        };
    lines.start();
    root.addAppender(lines, Level.INFO, null);
    if (!before.isLessSpecificThan(Level.INFO)) {
      root.setLevel(Level.INFO);
    }
    context.updateLoggers();
  }

  private Stream<AbstractFilterable> usual() {
    return root.getAppenders().values().stream()
        .filter(AbstractFilterable.class::isInstance)
        .map(AbstractFilterable.class::cast);
  }

  /** Only a thread that is in a step of a hub under test knows an exchange. */
  private static boolean isOfRoute(String logger) {
    return StepMark.isLogging()
        || (StepMark.currentOrNull() != null && OTHERS.stream().noneMatch(logger::startsWith));
  }

  @Override
  public void close() {
    root.removeAppender(NAME);
    usual().forEach(appender -> appender.removeFilter(noTrials));
    silenced.values().forEach(appender -> root.addAppender(appender, null, null));
    root.setLevel(before);
    context.updateLoggers();
  }
}
