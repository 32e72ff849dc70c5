package hub.inbox.camel;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.JsonPathException;
import hub.inbox.engine.Candidate;
import hub.inbox.engine.Condition;
import hub.util.JsonField;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.spi.Language;

/**
 * Reads the {@code when} of a handler. A text from {@code $.} or {@code $[} is a JSONPath, which
 * holds when it finds something: not nothing, null, false, an empty text, list or object. Any other
 * text is Simple. Thread-safe.
 */
public final class Conditions implements Condition.Language {
  private static final String FORMS =
      "write a JSONPath such as $[?(@.amount > 100)], or Simple such as ${body[amount]} > 100";

  /** What Simple may read besides the event would differ from node to node, or wait. */
  private static final Pattern OUTSIDE =
      Pattern.compile("\\$(simple)?\\{\\s*(properties|env|sys|sysenv|ref|random|uuid|date)\\b");

  private final CamelContext context;
  private final PayloadVariables variables;

  Conditions(CamelContext context, PayloadVariables variables) {
    this.context = context;
    this.variables = variables;
  }

  /**
   * Checks a condition without an inbox.
   *
   * @throws IllegalArgumentException as {@link #read}
   */
  public static void check(CamelContext context, String written) {
    new Conditions(context, new PayloadVariables()).read(written);
  }

  @Override
  public Condition read(String written) {
    String text = written.strip();
    return isPath(text) ? path(text) : simple(text);
  }

  /** Whether a condition is a JSONPath. */
  public static boolean isPath(String written) {
    return written.startsWith("$.") || written.startsWith("$[");
  }

  private static Condition path(String text) {
    JsonField field;
    try {
      field = new JsonField(text);
    } catch (JsonPathException | IllegalArgumentException e) {
      throw refused(text, e.getMessage());
    }
    return event -> field.read(json(event)).filter(Conditions::isSomething).isPresent();
  }

  private static JsonNode json(Candidate event) {
    return event
        .json()
        .orElseThrow(() -> new Condition.UndecidedException("the payload is no JSON document"));
  }

  private static boolean isSomething(JsonNode found) {
    return found.isContainerNode() || found.isTextual()
        ? !found.isEmpty() || (found.isTextual() && !found.textValue().isEmpty())
        : !found.isBoolean() || found.booleanValue();
  }

  private Condition simple(String text) {
    if (!text.contains("${") && !text.contains("$simple{")) {
      throw refused(text, "it reads nothing of the event");
    }
    if (PureExpressions.callsCode(text) || OUTSIDE.matcher(text).find()) {
      throw refused(text, "it may read nothing but the event, its headers and its variables");
    }
    Language simple = context.resolveLanguage("simple");
    try {
      return new SimpleCondition(
          context, variables, simple.createPredicate(SimpleCondition.prepared(text)));
    } catch (RuntimeCamelException e) {
      throw refused(text, firstLine(e));
    }
  }

  private static String firstLine(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("").strip();
  }

  private static IllegalArgumentException refused(String text, String why) {
    return new IllegalArgumentException(
        String.format(Locale.ROOT, "when: '%s' cannot be used: %s; %s", text, why, FORMS));
  }
}
