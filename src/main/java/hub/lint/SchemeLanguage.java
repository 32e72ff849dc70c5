package hub.lint;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import hub.webhook.scheme.SchemeSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/** Generates the table of all keys of a scheme's file from its JSON Schema. */
final class SchemeLanguage {
  private static final List<String> HEAD = List.of("key", "value", "default", "meaning");

  private final JsonNode schema;
  private final List<List<String>> rows = new ArrayList<>();

  private SchemeLanguage(JsonNode schema) {
    this.schema = schema;
  }

  static String table() {
    SchemeLanguage language = new SchemeLanguage(SchemeSchema.document());
    language.members("", language.schema);
    return Reference.table(HEAD, language.rows);
  }

  private void members(String path, JsonNode object) {
    List<String> required = stream(object.path("required")).map(JsonNode::asText).toList();
    for (Map.Entry<String, JsonNode> member : object.path("properties").properties()) {
      String name = path + member.getKey();
      boolean nested = !path.isEmpty() && refersToAnotherKey(member.getValue());
      row(name, member.getValue(), required.contains(member.getKey()));
      if (!nested) {
        JsonNode value = resolved(member.getValue());
        members(name + ".", value);
        elements(name, value);
      }
    }
    for (Map.Entry<String, JsonNode> member : object.path("patternProperties").properties()) {
      row(path + "$…", member.getValue(), false);
    }
  }

  /** The members of a list's elements, where they are maps. */
  private void elements(String name, JsonNode value) {
    JsonNode items = resolved(value.path("items"));
    if (items.has("properties")) {
      members(name + "[].", items);
    }
    boolean shown = false;
    for (JsonNode alternative : value.path("anyOf")) {
      JsonNode one = resolved(alternative);
      if (one.has("properties")) {
        members(name + ".", one);
        shown = true;
      } else if (!shown) {
        elements(name, one);
      }
    }
  }

  private void row(String name, JsonNode member, boolean required) {
    rows.add(
        List.of(
            Reference.code(name),
            values(member) + (required ? "; required" : ""),
            Reference.code(of(member, "default")),
            meaning(name, member)));
  }

  private String meaning(String name, JsonNode member) {
    String own = of(member, "description");
    return name.contains(".") && refersToAnotherKey(member)
        ? own + " Its keys are those of " + Reference.code(definition(member)) + "."
        : own;
  }

  /** Whether the member has the shape of a key at the top of the file, where its keys are told. */
  private boolean refersToAnotherKey(JsonNode member) {
    String name = definition(member);
    return !name.isEmpty()
        && schema.path("properties").has(name)
        && resolved(member).has("properties");
  }

  private static String definition(JsonNode member) {
    return member.path("$ref").asText().replace("#/$defs/", "");
  }

  private String values(JsonNode member) {
    JsonNode value = resolved(member);
    if (value.has("enum")) {
      return stream(value.path("enum"))
          .map(JsonNode::asText)
          .filter(text -> !text.isEmpty())
          .map(Reference::code)
          .collect(joining(", "));
    }
    if (value.has("anyOf")) {
      return stream(value.path("anyOf"))
          .map(one -> definition(one).equals("algorithm") ? "name" : values(one))
          .distinct()
          .collect(joining(" or "));
    }
    return switch (definition(member)) {
      case "place", "condition" -> definition(member);
      case "variable" -> "name";
      default -> type(value.path("type"));
    };
  }

  private static String type(JsonNode type) {
    return (type.isArray() ? stream(type) : java.util.stream.Stream.of(type))
        .map(
            one ->
                switch (one.asText()) {
                  case "object" -> "map";
                  case "array" -> "list";
                  case "integer" -> "number";
                  case "boolean" -> "true or false";
                  default -> "text";
                })
        .collect(joining(" or "));
  }

  /** The member's own word, else that of the definition that it refers to. */
  private String of(JsonNode member, String keyword) {
    return member.has(keyword)
        ? member.path(keyword).asText()
        : resolved(member).path(keyword).asText();
  }

  private JsonNode resolved(JsonNode member) {
    String name = definition(member);
    return name.isEmpty() ? member : schema.path("$defs").path(name);
  }

  private static java.util.stream.Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }
}
