package hub.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The OpenAPI 3.1 document of the public API, merged from the files of {@code openapi/} on the
 * class path. Immutable.
 */
public final class ApiDescription {
  /** Name in the registry. */
  public static final String BEAN = "apiDescription";

  private static final List<String> PARTS =
      List.of(
          "base", "payments", "subscriptions", "email", "files", "analytics", "login", "tokens");

  private final ObjectNode document;

  /**
   * @param server base address of the API, without a path
   * @throws IllegalStateException when two files set the same field
   */
  public ApiDescription(String server) {
    ObjectNode merged = new YAMLMapper().createObjectNode();
    for (String part : PARTS) {
      merge(merged, read(part), part);
    }
    merged.withArray("servers").addObject().put("url", server);
    this.document = merged;
  }

  private static JsonNode read(String part) {
    String name = "openapi/" + part + ".yaml";
    try (InputStream file = ApiDescription.class.getClassLoader().getResourceAsStream(name)) {
      return file == null ? new YAMLMapper().createObjectNode() : new YAMLMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static void merge(ObjectNode into, JsonNode part, String name) {
    part.properties()
        .forEach(
            field -> {
              JsonNode known = into.get(field.getKey());
              if (known == null) {
                into.set(field.getKey(), field.getValue());
              } else if (known instanceof ObjectNode object && field.getValue().isObject()) {
                merge(object, field.getValue(), name);
              } else {
                throw new IllegalStateException(
                    "openapi/" + name + ".yaml: '" + field.getKey() + "' is described twice");
              }
            });
  }

  /** The whole document; not to be changed. */
  public JsonNode document() {
    return document;
  }

  /**
   * The schema of this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  JsonNode schema(String name) {
    JsonNode schema = document.at("/components/schemas/" + name);
    if (schema.isMissingNode()) {
      throw new IllegalArgumentException(
          "the API description has no schema '" + name + "' in components.schemas");
    }
    return schema;
  }
}
