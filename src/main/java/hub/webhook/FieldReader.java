package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.JsonField;
import java.util.List;
import java.util.Optional;

/**
 * Reads one field of a request with the first of several expressions that has a value. Immutable.
 */
final class FieldReader {
  /** The parts of a request that an expression can read. */
  interface Source {
    /** The body, when it is JSON. */
    Optional<JsonNode> json();

    Optional<String> header(String name);

    /** A field of the body, when that is a form. */
    Optional<String> form(String name);

    /** The SHA-256 of timestamp and body, in hexadecimal. */
    String hash();
  }

  private interface Expression {
    Optional<String> read(Source source);
  }

  private final List<Expression> expressions;
  private final boolean readsBody;

  /**
   * @param expressions as in {@link hub.webhook.verify.EventFields}
   * @throws com.jayway.jsonpath.InvalidPathException for an invalid JSONPath
   */
  FieldReader(List<String> expressions) {
    this.expressions = expressions.stream().map(FieldReader::parse).toList();
    this.readsBody = expressions.stream().anyMatch(text -> text.startsWith("$"));
  }

  private static Expression parse(String text) {
    if (text.startsWith("header:")) {
      String name = text.substring("header:".length());
      return source -> source.header(name);
    }
    if (text.startsWith("form:")) {
      int literal = text.indexOf('=');
      String name = text.substring("form:".length(), literal < 0 ? text.length() : literal);
      return literal < 0
          ? source -> source.form(name)
          : source ->
              source.form(name).map(value -> text.substring(literal + 2, text.length() - 1));
    }
    if (text.equals("hash")) {
      return source -> Optional.of(source.hash());
    }
    if (text.startsWith("'")) {
      String literal = text.substring(1, text.length() - 1);
      return source -> Optional.of(literal);
    }
    JsonField field = new JsonField(text);
    return source -> source.json().flatMap(field::in).flatMap(FieldReader::scalar);
  }

  /** The text of a string, number or boolean; empty for anything else, and when blank. */
  private static Optional<String> scalar(JsonNode node) {
    return node.isValueNode() && !node.asText().isBlank()
        ? Optional.of(node.asText())
        : Optional.empty();
  }

  boolean readsBody() {
    return readsBody;
  }

  Optional<String> read(Source source) {
    for (Expression expression : expressions) {
      Optional<String> value = expression.read(source);
      if (value.isPresent()) {
        return value;
      }
    }
    return Optional.empty();
  }
}
