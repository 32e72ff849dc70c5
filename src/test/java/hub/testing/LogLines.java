package hub.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** What is written to one logger while this is open. */
public final class LogLines extends AbstractAppender implements AutoCloseable {
  private final Logger logger;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private LogLines(String name) {
    super("lines-of-" + name, null, null, false, Property.EMPTY_ARRAY);
    this.logger = (Logger) LogManager.getLogger(name);
  }

  public static LogLines of(String logger) {
    LogLines lines = new LogLines(logger);
    lines.start();
    lines.logger.addAppender(lines);
    if (!logger.isEmpty()) {
      // It has a place of its own from now on, which takes after the root: no further than here.
      lines.logger.setAdditive(true);
    }
    return lines;
  }

  @Override
  public void append(LogEvent event) {
    lines.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
  }

  public List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    stop();
  }
}
