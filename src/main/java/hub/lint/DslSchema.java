package hub.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The JSON schema of Camel's YAML DSL, read from camel-yaml-dsl, so that it matches the Camel
 * version in use. The alternatives of an element (text or map, one expression language or another)
 * are merged: that is enough to know every key and value, and gives one clear fault instead of a
 * dozen unmet alternatives.
 */
final class DslSchema {
  private static final String FILE = "schema/camelYamlDsl.json";
  private static final String DEFINITION = "#/items/definitions/";
  private static final String STEP = DEFINITION + "org.apache.camel.model.ProcessorDefinition";

  private final JsonNode root;
  private final IdentityHashMap<JsonNode, Shape> shapes = new IdentityHashMap<>();

  private DslSchema(JsonNode root) {
    this.root = root;
  }

  /** Read once: nothing in it changes. */
  private static final class Loaded {
    static final DslSchema SCHEMA = read();
  }

  /** May be shared by threads. */
  static DslSchema load() {
    return Loaded.SCHEMA;
  }

  private static DslSchema read() {
    return new DslSchema(document());
  }

  /** The schema as Camel ships it. */
  static JsonNode document() {
    try (InputStream in = DslSchema.class.getClassLoader().getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing from camel-yaml-dsl");
      }
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The elements of a route file's list. */
  Shape topLevel() {
    return shape(root.path("items"));
  }

  /** The element of a model class, for instance {@code FromDefinition}. */
  Shape model(String className) {
    return shape(root.at("/items/definitions/org.apache.camel.model." + className));
  }

  private synchronized Shape shape(JsonNode node) {
    Shape known = shapes.get(node);
    if (known == null) {
      known = new Shape();
      shapes.put(node, known);
      known.add(node);
    }
    return known;
  }

  /** The allowed forms of one element: text, list, map with known keys, or several of them. */
  final class Shape {
    private final Map<String, JsonNode> properties = new LinkedHashMap<>();
    private final Set<String> required = new LinkedHashSet<>();
    private final Set<String> types = new LinkedHashSet<>();
    private final Set<String> values = new LinkedHashSet<>();
    private JsonNode items;
    private boolean closed;
    private boolean step;
    private boolean expression;

    private void add(JsonNode node) {
      node.path("required").forEach(name -> required.add(name.asText()));
      target(node).path("required").forEach(name -> required.add(name.asText()));
      overlay(node);
    }

    private JsonNode target(JsonNode node) {
      String reference = node.path("$ref").asText();
      return reference.isEmpty()
          ? MissingNode.getInstance()
          : root.at("/items/definitions/" + reference.substring(DEFINITION.length()));
    }

    private void overlay(JsonNode node) {
      String reference = node.path("$ref").asText();
      if (!reference.isEmpty()) {
        step |= reference.equals(STEP);
        expression |= reference.endsWith(".ExpressionDefinition");
        overlay(target(node));
      }
      if (node.has("type")) {
        types.add(node.get("type").asText());
      }
      node.path("enum").forEach(value -> values.add(value.asText()));
      closed |= !node.path("additionalProperties").asBoolean(true);
      if (node.has("items")) {
        items = node.get("items");
      }
      node.path("properties")
          .properties()
          .forEach(
              property -> {
                if (!properties.containsKey(property.getKey())
                    || properties.get(property.getKey()).isEmpty()) {
                  properties.put(property.getKey(), property.getValue());
                }
              });
      for (String alternatives : List.of("oneOf", "anyOf", "allOf")) {
        node.path(alternatives).forEach(this::overlay);
      }
    }

    Set<String> keys() {
      return properties.keySet();
    }

    Set<String> required() {
      return required;
    }

    Optional<Shape> property(String key) {
      return Optional.ofNullable(properties.get(key)).map(DslSchema.this::shape);
    }

    Optional<Shape> item() {
      return Optional.ofNullable(items).map(DslSchema.this::shape);
    }

    /** Whether only {@link #keys()} are allowed. */
    boolean isClosed() {
      return closed;
    }

    /** Whether it is a step of a route: a map with one key. */
    boolean isStep() {
      return step;
    }

    /** Whether it needs an expression, whose language is one of its keys. */
    boolean isExpression() {
      return expression;
    }

    /** Whether it has a URI and parameters. */
    boolean isEndpoint() {
      return properties.containsKey("uri") && properties.containsKey("parameters");
    }

    boolean allows(String type) {
      return types.isEmpty() || types.contains(type);
    }

    boolean allowsText() {
      return allows("string") || allows("boolean") || allows("number") || allows("integer");
    }

    /** The allowed texts; empty: any text. */
    Set<String> values() {
      return values;
    }

    boolean isBooleanOnly() {
      return types.equals(Set.of("boolean"));
    }

    boolean isNumberOnly() {
      return types.equals(Set.of("number")) || types.equals(Set.of("integer"));
    }
  }
}
