package hub.util.log;

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
 * character that a terminal obeys or that hides others written as {@code \u001b}. {@code
 * %shown{%xEx}{lines}} is for a stack trace: keeps line breaks and indents what follows one, so
 * that it cannot look like a line of the log. Thread-safe.
 */
@Plugin(name = "shown", category = PatternConverter.CATEGORY)
@ConverterKeys({"shown"})
public final class PrintableConverter extends LogEventPatternConverter {
  private final List<PatternFormatter> formatters;
  private final boolean lines;

  private PrintableConverter(List<PatternFormatter> formatters, boolean lines) {
    super("shown", "shown");
    this.formatters = formatters;
    this.lines = lines;
  }

  /** Called by Log4j; {@code options} has the pattern within the braces, then {@code lines}. */
  public static PrintableConverter newInstance(Configuration configuration, String[] options) {
    return new PrintableConverter(
        PatternLayout.createPatternParser(configuration)
            .parse(options.length == 0 ? "" : options[0]),
        options.length > 1 && options[1].equals("lines"));
  }

  @Override
  public void format(LogEvent event, StringBuilder line) {
    int start = line.length();
    for (PatternFormatter formatter : formatters) {
      formatter.format(event, line);
    }
    PrintableText.from(line, start, lines);
  }

  @Override
  public boolean handlesThrowable() {
    return lines;
  }
}
