package hub.call.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/**
 * A path, query or header in which {@code {name}} stands for a value of the message. Immutable.
 *
 * @param text as written in the route
 */
record UrlTemplate(String text) {
  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_.-]*)}");

  /** The text with every value percent-encoded, so that it stays one parameter. */
  String encoded(UnaryOperator<String> values) {
    return fill(name -> encode(values.apply(name)));
  }

  /**
   * The text with every value percent-encoded, so that it stays one segment of a path.
   *
   * @throws UnfitValueException when a value makes its segment empty, {@code .} or {@code ..}:
   *     servers read those as another path
   */
  String path(UnaryOperator<String> values) {
    if (isFixed()) {
      return text;
    }
    String[] segments = text.split("/", -1);
    for (int i = 0; i < segments.length; i++) {
      Matcher name = NAME.matcher(segments[i]);
      if (name.find()) {
        UnfitValueException.segment(name.group(), new UrlTemplate(segments[i]).plain(values));
      }
      segments[i] = new UrlTemplate(segments[i]).encoded(values);
    }
    return String.join("/", segments);
  }

  /**
   * The text with every value as it is.
   *
   * @throws UnfitValueException when a value contains a character that no header can carry
   */
  String header(UnaryOperator<String> values) {
    return fill(name -> UnfitValueException.header("{" + name + "}", values.apply(name)));
  }

  /** The text with every value as it is. */
  String plain(UnaryOperator<String> values) {
    return fill(values);
  }

  /** Most are: they need no search for names. */
  private boolean isFixed() {
    return text.indexOf('{') < 0;
  }

  private String fill(UnaryOperator<String> values) {
    if (isFixed()) {
      return text;
    }
    Matcher names = NAME.matcher(text);
    return names.replaceAll(found -> Matcher.quoteReplacement(values.apply(found.group(1))));
  }

  /**
   * The variable of this name, else the header.
   *
   * @throws UnfitValueException when there is neither, or it contains a control character, or it is
   *     a list, as for a header sent twice
   */
  static String value(Exchange exchange, String name) {
    Object found = exchange.getVariable(name);
    if (found == null) {
      found = exchange.getMessage().getHeader(name);
    }
    if (found instanceof Collection<?>) {
      throw UnfitValueException.several("{" + name + "}");
    }
    String value =
        exchange.getContext().getTypeConverter().convertTo(String.class, exchange, found);
    if (value == null) {
      throw UnfitValueException.missing("{" + name + "}");
    }
    return UnfitValueException.line("{" + name + "}", value);
  }

  private static String encode(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
