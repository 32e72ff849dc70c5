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
 * The log pattern {@code %shown{%m}}: escapes control characters and invisible characters in text
 * from outside, as {@code \u001b}. {@code %shown{%xEx}{lines}} is for stack traces: it keeps line
 * breaks and indents the next line, so that no line of it can look like a log line. Thread-safe.
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

  /** Called by Log4j; {@code options} is the pattern in the braces, then {@code lines}. */
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
