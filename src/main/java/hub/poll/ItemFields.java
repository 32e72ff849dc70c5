package hub.poll;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.JsonPathException;
import hub.util.Json;
import hub.util.JsonField;
import hub.webhook.JsonElements;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the items of a page and the fields of each. Immutable. */
public final class ItemFields {
  private static final Pattern PLACE = Pattern.compile("\\{(\\$[^{}]*)}");
  private static final String DEFAULT_TYPE = "event";

  /** Reads a text of an item. */
  private interface Reader {
    Optional<String> read(JsonNode item);
  }

  private final String path;
  private final Optional<JsonElements> elements;
  private final JsonField list;
  private final String idText;
  private final Reader id;
  private final Reader type;
  private final Reader orderingKey;
  private final String cursorText;
  private final Optional<Reader> cursor;

  /**
   * @param items JSONPath of the list in a page, with or without <code>[*]</code>
   * @param eventId JSONPath of an item's id, or a template such as <code>{$.id}:{$.version}</code>
   * @param eventType JSONPath of an item, or a constant in single quotes; empty: {@code event}
   * @param orderingKey JSONPath of an item; empty: none
   * @param cursor JSONPath of an item; empty: none
   * @throws IllegalArgumentException for what is none of these, with the parameter's name
   */
  public ItemFields(
      String items, String eventId, String eventType, String orderingKey, String cursor) {
    this.path = required("items", items);
    this.list = field("items", path);
    this.elements = elements(path);
    this.idText = required("eventId", eventId);
    this.id = reader("eventId", idText);
    this.type =
        eventType.isBlank() ? item -> Optional.of(DEFAULT_TYPE) : reader("eventType", eventType);
    this.orderingKey =
        orderingKey.isBlank() ? item -> Optional.empty() : reader("orderingKey", orderingKey);
    this.cursorText = cursor.strip();
    this.cursor =
        cursorText.isEmpty() ? Optional.empty() : Optional.of(reader("cursor", cursorText));
  }

  private static String required(String name, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(name + " is missing: write a JSONPath such as $.data");
    }
    return value.strip();
  }

  private static JsonField field(String name, String path) {
    if (!path.startsWith("$")) {
      throw new IllegalArgumentException(name + ": '" + path + "' is no JSONPath such as $.id");
    }
    try {
      return new JsonField(path);
    } catch (JsonPathException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          name + ": '" + path + "' is no JSONPath such as $.id: " + e.getMessage(), e);
    }
  }

  /** Cuts the items out byte for byte; empty for a path with filters and the like. */
  private static Optional<JsonElements> elements(String path) {
    try {
      return Optional.of(new JsonElements(path.endsWith("[*]") ? path : path + "[*]"));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Reader reader(String name, String written) {
    String text = written.strip();
    if (text.length() > 1 && text.startsWith("'") && text.endsWith("'")) {
      Optional<String> constant = Optional.of(text.substring(1, text.length() - 1));
      return item -> constant;
    }
    if (!text.contains("{$")) {
      JsonField field = field(name, text);
      return item -> scalar(field, item);
    }
    Matcher place = PLACE.matcher(text);
    while (place.find()) {
      field(name, place.group(1));
    }
    return item -> filled(text, item);
  }

  private static Optional<String> filled(String template, JsonNode item) {
    Matcher place = PLACE.matcher(template);
    StringBuilder text = new StringBuilder();
    while (place.find()) {
      Optional<String> value = scalar(new JsonField(place.group(1)), item);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      place.appendReplacement(text, Matcher.quoteReplacement(value.get()));
    }
    return Optional.of(place.appendTail(text).toString());
  }

  private static Optional<String> scalar(JsonField field, JsonNode item) {
    return field
        .in(item)
        .filter(node -> node.isValueNode() && !node.asText().isBlank())
        .map(JsonNode::asText);
  }

  /**
   * The items of a page; none where the list is missing or null.
   *
   * @throws PageFaultException when there is something else in its place, or an item lacks a field
   *     that it must have
   */
  List<ListItem> in(byte[] body, JsonNode document) {
    List<ListItem> items = new ArrayList<>();
    for (byte[] one : payloads(body, document)) {
      JsonNode item =
          Json.parseLastWins(one)
              .orElseThrow(() -> new PageFaultException("an item of its page is no JSON"));
      items.add(item(items.size() + 1, one, item));
    }
    return items;
  }

  private List<byte[]> payloads(byte[] body, JsonNode document) {
    Optional<JsonNode> found = list.in(document);
    if (found.isEmpty()) {
      return List.of();
    }
    if (!found.get().isArray()) {
      throw new PageFaultException(
          "its page has no list at " + path + " but a value; correct the parameter items");
    }
    if (elements.isPresent()) {
      try {
        return elements.get().in(body);
      } catch (IOException e) {
        throw new PageFaultException("its page cannot be cut into items: " + e.getMessage());
      }
    }
    List<byte[]> all = new ArrayList<>();
    found.get().forEach(node -> all.add(Json.bytes(node)));
    return all;
  }

  private ListItem item(int number, byte[] payload, JsonNode item) {
    String itemId =
        id.read(item)
            .orElseThrow(
                () ->
                    new PageFaultException(
                        "item " + number + " of its page has no id at " + idText));
    Optional<ListCursor> read =
        cursor.map(
            reader ->
                new ListCursor(
                    reader
                        .read(item)
                        .orElseThrow(
                            () ->
                                new PageFaultException(
                                    "item "
                                        + number
                                        + " of its page, '"
                                        + itemId
                                        + "', has no cursor at "
                                        + cursorText))));
    return new ListItem(
        itemId, type.read(item).orElse(DEFAULT_TYPE), orderingKey.read(item), read, payload);
  }
}
