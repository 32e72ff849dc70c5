package hub.lint;

import com.jayway.jsonpath.InvalidPathException;
import hub.util.JsonPaths;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Checks the JSONPaths in expressions of routes. */
final class JsonPathRules {
  private static final String CALL = "${jsonpath(";

  /** A path from the root, or a name that is one without any operator behind it. */
  private static final Pattern PATH =
      Pattern.compile("(?s)\\$(?!\\{|simple\\{).*|\\w+([.\\[]\\S*)?");

  private JsonPathRules() {}

  /**
   * Checks the text of the language {@code jsonpath}. Camel also allows {@code price > 5} and
   * Simple in a path; neither is checked.
   *
   * @throws InvalidPathException for what cannot be read
   */
  static void check(String expression) {
    String path = expression.strip();
    if (!path.contains("${") && PATH.matcher(path).matches()) {
      JsonPaths.compile(path);
    }
  }

  /** The paths in {@code ${jsonpath(…)}}, without the name of what they are read from. */
  static List<String> calledIn(String simple) {
    List<String> paths = new ArrayList<>();
    for (int call = simple.indexOf(CALL); call >= 0; call = simple.indexOf(CALL, call + 1)) {
      int end = simple.indexOf('}', call);
      String inside = simple.substring(call + CALL.length(), end < 0 ? simple.length() : end);
      int start = inside.indexOf('$');
      int close = inside.lastIndexOf(')');
      if (start >= 0 && close > start && !inside.contains("{")) {
        paths.add(inside.substring(start, close));
      }
    }
    return paths;
  }

  /** What to do about a text that is no JSONPath. */
  static String remedy(String text) {
    for (String pair : List.of("[]", "()")) {
      long open = text.chars().filter(c -> c == pair.charAt(0)).count();
      long closed = text.chars().filter(c -> c == pair.charAt(1)).count();
      if (open != closed) {
        return open > closed
            ? "add the missing " + pair.charAt(1)
            : "delete the " + pair.charAt(1) + " too many; a name with one stands in ['…']";
      }
    }
    return "write a JSONPath such as $.data.id or $.items[0].id";
  }
}
