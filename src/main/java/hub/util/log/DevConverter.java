package hub.util.log;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.pattern.ConverterKeys;
import org.apache.logging.log4j.core.pattern.LogEventPatternConverter;
import org.apache.logging.log4j.core.pattern.PatternConverter;

/**
 * The log pattern {@code %dev}: a whole line for people, see {@link DevLine}, with the local time.
 * In colours on a terminal, unless {@code NO_COLOR} is set. Thread-safe.
 */
@Plugin(name = "dev", category = PatternConverter.CATEGORY)
@ConverterKeys({"dev"})
public final class DevConverter extends LogEventPatternConverter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  private final DevLine line;

  private DevConverter(DevLine line) {
    super("dev", "dev");
    this.line = line;
  }

  /** Called by Log4j. */
  public static DevConverter newInstance(String[] options) {
    return new DevConverter(new DevLine(isColourful()));
  }

  private static boolean isColourful() {
    return System.console() != null
        && Optional.ofNullable(System.getenv("NO_COLOR")).orElse("").isEmpty()
        && !"dumb".equals(System.getenv("TERM"));
  }

  @Override
  public void format(LogEvent event, StringBuilder text) {
    StringBuilder message = new StringBuilder(event.getMessage().getFormattedMessage());
    PrintableText.from(message, 0, false);
    text.append(line.dim(TIME.format(Instant.ofEpochMilli(event.getTimeMillis()))))
        .append(' ')
        .append(line.of(event.getLevel().name(), event.getLoggerName(), message.toString()));
  }
}
