package hub.log;

import java.util.List;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.core.pattern.ConverterKeys;
import org.apache.logging.log4j.core.pattern.LogEventPatternConverter;
import org.apache.logging.log4j.core.pattern.PatternConverter;
import org.apache.logging.log4j.core.pattern.PatternFormatter;

/**
 * {@code %shownLines{%xEx}} in a pattern of the log: as {@link ShownText}, for a stack trace. Keeps
 * line breaks and indents what follows one, so that it cannot look like a line of the log.
 * Thread-safe.
 */
@Plugin(name = "shownLines", category = PatternConverter.CATEGORY)
@ConverterKeys({"shownLines"})
public final class ShownLines extends LogEventPatternConverter {
  private final List<PatternFormatter> formatters;

  private ShownLines(List<PatternFormatter> formatters) {
    super("shownLines", "shownLines");
    this.formatters = formatters;
  }

  /** Called by Log4j; {@code options} has the pattern within the braces. */
  public static ShownLines newInstance(Configuration configuration, String[] options) {
    return new ShownLines(
        PatternLayout.createPatternParser(configuration)
            .parse(options.length == 0 ? "" : options[0]));
  }

  @Override
  public void format(LogEvent event, StringBuilder line) {
    int start = line.length();
    for (PatternFormatter formatter : formatters) {
      formatter.format(event, line);
    }
    Shown.from(line, start, true);
  }

  @Override
  public boolean handlesThrowable() {
    return true;
  }
}
