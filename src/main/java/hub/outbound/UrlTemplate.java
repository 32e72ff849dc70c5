package hub.outbound;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A path, query or header in which {@code {name}} stands for a value of the message. Immutable.
 *
 * @param text as written in the route
 */
record UrlTemplate(String text) {
  private static final Pattern NAME = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_.-]*)}");

  /** With every value percent-encoded, so that it stays one segment or one parameter. */
  String encoded(UnaryOperator<String> values) {
    return fill(name -> encode(values.apply(name)));
  }

  /** With every value as it is. */
  String plain(UnaryOperator<String> values) {
    return fill(values);
  }

  private String fill(UnaryOperator<String> values) {
    Matcher names = NAME.matcher(text);
    return names.replaceAll(found -> Matcher.quoteReplacement(values.apply(found.group(1))));
  }

  private static String encode(String value) {
    String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    // A segment of dots would climb in the path.
    return encoded.equals(".") || encoded.equals("..") ? encoded.replace(".", "%2E") : encoded;
  }
}
