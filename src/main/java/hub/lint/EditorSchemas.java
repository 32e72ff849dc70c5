package hub.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.identity.login.ProviderSchema;
import hub.webhook.scheme.SchemeSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * JSON Schemas with which an editor completes and checks the hub's YAML files while they are
 * written. They are those by which the lint reads the files, as far as a schema can say it.
 */
public final class EditorSchemas {
  /** The files that each schema is for, from the folder in which the hub runs. */
  private static final Map<String, String> FILES =
      Map.of(
          "routes.schema.json", "routes/**/*.camel.yaml",
          "kamelet.schema.json", "routes/kamelets/*.kamelet.yaml",
          "scheme.schema.json", "routes/schemes/*.scheme.yaml",
          "providers.schema.json", "routes/login/providers.yaml",
          "test.schema.json", "routes/**/*.test.yaml");

  /** A value may be a placeholder, whatever its type. */
  private static final String OPEN = "\\{\\{|\\$\\{";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private EditorSchemas() {}

  /** Each schema by the name of its file. */
  static Map<String, JsonNode> all() {
    return Map.of(
        "routes.schema.json", routes(),
        "kamelet.schema.json", read("editor/kamelet.schema.json"),
        "scheme.schema.json", SchemeSchema.document(),
        "providers.schema.json", ProviderSchema.document(),
        "test.schema.json", read("editor/test.schema.json"));
  }

  /**
   * Writes all schemas into a folder, which is made if need be.
   *
   * @param written the folder as the user wrote it
   * @param folder the same, from the folder of this process
   * @return the setting {@code yaml.schemas} of VS Code, which other editors with the YAML language
   *     server have, too
   */
  public static String write(Path written, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Map.Entry<String, JsonNode> schema : all().entrySet()) {
      Files.writeString(
          folder.resolve(schema.getKey()), MAPPER.writeValueAsString(schema.getValue()));
    }
    ObjectNode settings = MAPPER.createObjectNode();
    ObjectNode schemas = settings.putObject("yaml.schemas");
    String place = written.toString().replace('\\', '/');
    FILES.keySet().stream()
        .sorted()
        .forEach(
            name ->
                schemas.put(
                    (written.isAbsolute() ? "" : "./")
                        + place.replaceFirst("^\\./", "")
                        + "/"
                        + name,
                    FILES.get(name)));
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(settings);
  }

  /** Camel's own, as loose in its values as its loader, and as strict about routes as the lint. */
  private static JsonNode routes() {
    ObjectNode schema = (ObjectNode) DslSchema.document();
    schema.put("title", "Routes");
    schema.put(
        "description", "Routes of Integration Master. One file NAME.camel.yaml for a route.");
    loosen(schema.path("items"));
    ObjectNode route =
        (ObjectNode) schema.at("/items/definitions/org.apache.camel.model.RouteDefinition");
    route.putArray("required").add("id").add("description").add("from");
    return schema;
  }

  /** Camel reads a number where it wants a text, and a placeholder where it wants a number. */
  private static void loosen(JsonNode node) {
    if (node instanceof ObjectNode object && !object.has("enum")) {
      switch (object.path("type").asText()) {
        case "string" -> object.putArray("type").add("string").add("number").add("boolean");
        case "number", "integer" -> {
          String type = object.get("type").asText();
          object.putArray("type").add(type).add("string");
          object.put("pattern", OPEN + "|^-?\\d+(\\.\\d+)?$");
        }
        case "boolean" -> {
          object.putArray("type").add("boolean").add("string");
          object.put("pattern", OPEN + "|^(true|false)$");
        }
        default -> {}
      }
    }
    node.forEach(EditorSchemas::loosen);
  }

  private static JsonNode read(String resource) {
    try (InputStream in = EditorSchemas.class.getClassLoader().getResourceAsStream(resource)) {
      return MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
