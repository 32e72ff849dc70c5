package hub.lint;

import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import org.apache.camel.CamelContext;

/** An expression can be read. What it finds in a message only the message tells. */
final class ExpressionRules {
  private final CamelContext context;
  private final Faults faults;

  ExpressionRules(CamelContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
  }

  /**
   * @param language {@code simple}, {@code jsonpath}; others are not read here
   */
  void check(Place place, String language, String expression) {
    if (expression.contains("{{")) {
      return;
    }
    try {
      switch (language) {
        case "simple" -> context.resolveLanguage(language).createExpression(expression);
        case "jsonpath" -> checkJsonPath(expression);
        default -> {}
      }
    } catch (RuntimeException e) {
      faults.error(
          place,
          language + " cannot be read: " + e.getMessage().lines().findFirst().orElse(expression),
          "");
    }
  }

  /** Camel allows a shorter form, {@code price > 5}, and Simple inside; neither is read here. */
  private static void checkJsonPath(String expression) throws InvalidPathException {
    if (expression.startsWith("$") && !expression.startsWith("${")) {
      JsonPath.compile(expression);
    }
  }
}
