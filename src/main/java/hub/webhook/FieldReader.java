package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.JsonField;
import hub.webhook.verify.EventFields;
import hub.webhook.verify.Scope;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.Template;
import hub.webhook.verify.WebhookRejectedException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads one field of an event with the first of several expressions that has a value. Immutable.
 */
final class FieldReader {
  /** The parts of an event that an expression can read. */
  interface Source {
    /** The event, when it is JSON. */
    Optional<JsonNode> json();

    Optional<String> header(String name);

    /** A field of the body, when that is a form. */
    Optional<String> form(String name);

    /** The SHA-256 of timestamp and event, in hexadecimal. */
    String hash();

    /** The request, for templates. */
    SignedRequest request();
  }

  private interface Expression {
    Optional<String> read(Source source);
  }

  private final List<Expression> expressions;
  private final boolean readsBody;

  /**
   * @param expressions as in {@link EventFields}
   * @throws com.jayway.jsonpath.InvalidPathException for an invalid JSONPath
   */
  FieldReader(List<String> expressions) {
    this.expressions = expressions.stream().map(FieldReader::parse).toList();
    this.readsBody = expressions.stream().anyMatch(text -> text.startsWith("$"));
  }

  private static Expression parse(String text) {
    if (text.startsWith("'")) {
      String literal = text.substring(1, text.length() - 1);
      return source -> Optional.of(literal);
    }
    if (text.equals("hash")) {
      return source -> Optional.of(source.hash());
    }
    if (text.equals("random")) {
      return source -> Optional.of(UUID.randomUUID().toString());
    }
    int literal = text.endsWith("'") ? text.indexOf("='") : -1;
    if (literal > 0) {
      String value = text.substring(literal + 2, text.length() - 1);
      Expression place = place(text.substring(0, literal), true);
      return source -> place.read(source).map(there -> value);
    }
    if (EventFields.isTemplate(text)) {
      Template template = Template.of(text, name -> Optional.empty());
      return source -> filled(template, source.request());
    }
    return place(text, false);
  }

  private static Expression place(String text, boolean any) {
    if (text.startsWith("header:")) {
      String name = text.substring("header:".length());
      return source -> source.header(name);
    }
    if (text.startsWith("form:")) {
      String name = text.substring("form:".length());
      return source -> source.form(name);
    }
    JsonField field = WebhookRequest.field(text);
    return any
        ? source -> source.json().flatMap(field::in).map(there -> "there")
        : source -> source.json().flatMap(field::in).flatMap(FieldReader::scalar);
  }

  private static Optional<String> filled(Template template, SignedRequest request) {
    try {
      return template.value(Scope.of(request)).filter(text -> !text.isBlank());
    } catch (WebhookRejectedException e) {
      return Optional.empty(); // a header that is given twice names nothing
    }
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
