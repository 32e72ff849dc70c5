package hub.call.http;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;

/**
 * Headers that a route writes, one {@code Name: value} a line; {@code {name}} in a value stands for
 * a variable or header. Immutable.
 *
 * @param byName in lower case
 */
record HeaderLines(Map<String, UrlTemplate> byName) {
  static final HeaderLines NONE = new HeaderLines(Map.of());

  /**
   * {@code %0A} is a line break too, because endpoint addresses keep no other, see {@code
   * hub.call.LineBreaks}.
   *
   * @throws IllegalArgumentException for a line that is no header
   */
  static HeaderLines of(String lines) {
    Map<String, UrlTemplate> read = new LinkedHashMap<>();
    split(lines)
        .forEach(
            line -> {
              String[] parts = line.split(":", 2);
              if (parts.length != 2) {
                throw new IllegalArgumentException("headers: '" + line + "' is not 'Name: value'");
              }
              read.put(
                  parts[0].strip().toLowerCase(Locale.ROOT), new UrlTemplate(parts[1].strip()));
            });
    return new HeaderLines(Map.copyOf(read));
  }

  /** The lines that are not blank. */
  static Stream<String> split(String lines) {
    return lines.replaceAll("(?i)(%0D)?%0A", "\n").lines().filter(line -> !line.isBlank());
  }

  /** The headers of one request. */
  Map<String, String> of(Exchange exchange) {
    Map<String, String> values = new LinkedHashMap<>();
    byName.forEach(
        (name, value) -> values.put(name, value.header(n -> UrlTemplate.value(exchange, n))));
    return values;
  }
}
