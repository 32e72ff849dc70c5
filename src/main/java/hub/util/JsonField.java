package hub.util;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
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
    this.path = JsonPath.compile(path);
  }

  /** The value of the field; empty when it is missing or null. */
  public Optional<JsonNode> in(JsonNode document) {
    JsonNode found = path.read(document, NODES);
    return Optional.ofNullable(found).filter(node -> !node.isNull() && !node.isMissingNode());
  }
}
