package hub.util.step;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;

/**
 * A parameter of a Kamelet in which expressions of the Simple language are replaced, such as {@code
 * Order ${variable.order}}. Thread-safe.
 */
public final class TextTemplate {
  private final String text;
  private volatile Expression expression;

  /**
   * @param text may be empty
   */
  public TextTemplate(String text) {
    this.text = text;
  }

  public boolean isEmpty() {
    return text.isBlank();
  }

  /** The text for this exchange; empty where it is not set, or its expression yields nothing. */
  public String of(Exchange exchange) {
    String value = isEmpty() ? "" : compiled(exchange).evaluate(exchange, String.class);
    return value == null ? "" : value;
  }

  /** The same, but a text that is one expression alone yields its value, such as a list. */
  public Object valueOf(Exchange exchange) {
    return isEmpty() ? null : compiled(exchange).evaluate(exchange, Object.class);
  }

  private Expression compiled(Exchange exchange) {
    Expression known = expression;
    if (known == null) {
      CamelContext context = exchange.getContext();
      known = context.resolveLanguage("simple").createExpression(text);
      known.init(context);
      expression = known;
    }
    return known;
  }
}
