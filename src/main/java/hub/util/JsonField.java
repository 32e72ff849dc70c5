package hub.util;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.JsonPathException;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;
import java.util.Optional;

/** Reads one field of a document by its JSONPath. Immutable. */
public final class JsonField {
  private static final Configuration NODES =
      Configuration.builder()
          .jsonProvider(new JacksonJsonNodeJsonProvider())
          .mappingProvider(new JacksonMappingProvider())
          .options(Option.SUPPRESS_EXCEPTIONS, Option.DEFAULT_PATH_LEAF_TO_NULL)
          .build();

  private final JsonPath path;

  /**
   * @throws com.jayway.jsonpath.InvalidPathException for an invalid JSONPath
   */
  public JsonField(String path) {
    this.path = JsonPaths.compile(path);
  }

  /** The value of the field; empty when it is missing or null, or a function has nothing to do. */
  public Optional<JsonNode> in(JsonNode document) {
    try {
      return read(document);
    } catch (JsonPathException e) {
      return Optional.empty(); // such as the sum of an empty list, in spite of the option
    }
  }

  /**
   * The value of the field; empty when it is missing or null.
   *
   * @throws JsonPathException for a function that has nothing to do, such as the sum of an empty
   *     list
   */
  public Optional<JsonNode> read(JsonNode document) {
    Object found = path.read(document, NODES);
    return Optional.ofNullable(found)
        .map(JsonField::node)
        .filter(node -> !node.isNull() && !node.isMissingNode());
  }

  /** A function such as {@code length()} gives a plain number. */
  private static JsonNode node(Object found) {
    return found instanceof JsonNode node ? node : Json.own(Json.text(found));
  }
}
