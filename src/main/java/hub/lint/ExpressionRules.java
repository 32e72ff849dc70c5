package hub.lint;

import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import org.apache.camel.CamelContext;

/** Checks the syntax of Simple and JSONPath expressions. */
final class ExpressionRules {
  private final CamelContext context;
  private final Faults faults;

  ExpressionRules(CamelContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
  }

  /**
   * @param language {@code simple} or {@code jsonpath}; others are not checked
   */
  void check(Location location, String language, String expression) {
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
          location,
          language + " cannot be read: " + e.getMessage().lines().findFirst().orElse(expression),
          "");
    }
  }

  /** Camel also allows {@code price > 5} and embedded Simple; neither is checked. */
  private static void checkJsonPath(String expression) throws InvalidPathException {
    if (expression.startsWith("$") && !expression.startsWith("${")) {
      JsonPath.compile(expression);
    }
  }
}
