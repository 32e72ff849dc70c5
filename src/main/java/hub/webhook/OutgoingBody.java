package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import hub.util.Form;
import hub.util.Json;
import hub.util.JsonField;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The body of a webhook that is made here: JSON, a form, or a form with JSON in a field. */
final class OutgoingBody {
  private static final String FORM = "form:";

  private final String formField;
  private byte[] bytes;

  /**
   * @param formField name of the form's field that holds the JSON; empty: the body is the JSON
   */
  OutgoingBody(byte[] bytes, String formField) {
    this.bytes = bytes;
    this.formField = formField;
  }

  byte[] bytes() {
    return bytes;
  }

  /**
   * The text, number or boolean at a JSONPath or in {@code form:NAME}; empty when there is none.
   */
  Optional<String> text(String contentType, String place) {
    if (place.startsWith(FORM)) {
      return Form.of(contentType, bytes)
          .flatMap(form -> form.field(place.substring(FORM.length())));
    }
    return json(contentType)
        .flatMap(document -> new JsonField(place).in(document))
        .filter(JsonNode::isValueNode)
        .map(JsonNode::asText);
  }

  /**
   * Writes a text at a JSONPath or in {@code form:NAME}.
   *
   * @throws IllegalArgumentException for a JSONPath that leads nowhere
   */
  void put(String contentType, String place, String value) {
    if (place.startsWith(FORM)) {
      putField(place.substring(FORM.length()), value);
    } else {
      write(contentType, place, present -> TextNode.valueOf(value));
    }
  }

  /**
   * Writes a value that a person has typed. A text stays a text; what else is there, or is new,
   * becomes the JSON that was typed, and a text when that is none.
   *
   * @param path a JSONPath, with or without its {@code $}; in a form without JSON a field's name
   * @throws IllegalArgumentException for a path that leads nowhere
   */
  void change(String contentType, String path, String typed) {
    if (path.startsWith(FORM) || (Form.isForm(contentType) && formField.isEmpty())) {
      putField(path.startsWith(FORM) ? path.substring(FORM.length()) : path, typed);
      return;
    }
    String whole = path.startsWith("$") ? path : path.startsWith("[") ? "$" + path : "$." + path;
    write(
        contentType,
        whole,
        present -> present.isTextual() ? TextNode.valueOf(typed) : value(typed));
  }

  private static JsonNode value(String typed) {
    return Json.parse(typed.getBytes(StandardCharsets.UTF_8))
        .orElseGet(() -> TextNode.valueOf(typed));
  }

  private void write(String contentType, String path, UnaryOperator<JsonNode> change) {
    JsonNode document =
        json(contentType).orElseThrow(() -> new IllegalArgumentException("the body is not JSON"));
    JsonWriter.write(document, path, change);
    if (isInField(contentType)) {
      putField(formField, Json.text(document));
    } else {
      bytes = Json.bytes(document);
    }
  }

  private Optional<JsonNode> json(String contentType) {
    return isInField(contentType)
        ? Form.of(contentType, bytes)
            .flatMap(form -> form.field(formField))
            .flatMap(text -> Json.parseLastWins(text.getBytes(StandardCharsets.UTF_8)))
        : Json.parseLastWins(bytes);
  }

  private boolean isInField(String contentType) {
    return !formField.isEmpty() && Form.isForm(contentType);
  }

  /** In place of the first field of the name, or behind all. */
  private void putField(String name, String value) {
    String own = encoded(name);
    List<String> fields = new ArrayList<>();
    boolean isThere = false;
    for (Map.Entry<String, String> field : Form.pairs(new String(bytes, StandardCharsets.UTF_8))) {
      if (!field.getKey().equals(own)) {
        fields.add(field.getKey() + "=" + field.getValue());
      } else if (!isThere) {
        fields.add(own + "=" + encoded(value));
        isThere = true;
      }
    }
    if (!isThere) {
      fields.add(own + "=" + encoded(value));
    }
    bytes = fields.stream().collect(Collectors.joining("&")).getBytes(StandardCharsets.UTF_8);
  }

  /** As in forms and queries. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
