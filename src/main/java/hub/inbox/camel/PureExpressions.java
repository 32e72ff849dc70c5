package hub.inbox.camel;

import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.model.language.ExpressionDefinition;

/** Which expressions only read the exchange. */
final class PureExpressions {
  private static final Set<String> LANGUAGES =
      Set.of(
          "constant",
          "csimple",
          "exchangeProperty",
          "header",
          "jq",
          "jsonpath",
          "simple",
          "tokenize",
          "variable",
          "xpath",
          "xquery",
          "xtokenize");

  /**
   * The functions of {@code simple} that run code of others, or lead to the context, where any
   * method may be called; other languages may hold them.
   */
  private static final Pattern CODE =
      Pattern.compile("\\$(simple)?\\{\\s*(bean:|(camelContext|exchange|messageAs)\\b)");

  private PureExpressions() {}

  static boolean isPure(String language) {
    return LANGUAGES.contains(language);
  }

  static boolean isPure(ExpressionDefinition expression) {
    return isPure(expression.getLanguage()) && !callsCode(expression.getExpression());
  }

  /**
   * @param textOrNull in which {@code simple} is evaluated
   */
  static boolean callsCode(String textOrNull) {
    return textOrNull != null && CODE.matcher(textOrNull).find();
  }
}
