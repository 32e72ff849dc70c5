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
 * {@code %shown{%m}} in a pattern of the log: what senders and providers wrote, with every
 * character that a terminal obeys or that hides others written as {@code \u001b}. Thread-safe.
 */
@Plugin(name = "shown", category = PatternConverter.CATEGORY)
@ConverterKeys({"shown"})
public final class ShownText extends LogEventPatternConverter {
  private final List<PatternFormatter> formatters;

  private ShownText(List<PatternFormatter> formatters) {
    super("shown", "shown");
    this.formatters = formatters;
  }

  /** Called by Log4j; {@code options} has the pattern within the braces. */
  public static ShownText newInstance(Configuration configuration, String[] options) {
    return new ShownText(
        PatternLayout.createPatternParser(configuration)
            .parse(options.length == 0 ? "" : options[0]));
  }

  @Override
  public void format(LogEvent event, StringBuilder line) {
    int start = line.length();
    for (PatternFormatter formatter : formatters) {
      formatter.format(event, line);
    }
    Shown.from(line, start, false);
  }
}
