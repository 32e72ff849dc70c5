package hub.util;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;
import java.util.Optional;

/** What a JSONPath finds in a document. Immutable. */
public final class JsonField {
  private static final Configuration NODES =
      Configuration.builder()
          .jsonProvider(new JacksonJsonNodeJsonProvider())
          .mappingProvider(new JacksonMappingProvider())
          .options(Option.SUPPRESS_EXCEPTIONS, Option.DEFAULT_PATH_LEAF_TO_NULL)
          .build();

  private final JsonPath path;

  /**
   * @throws com.jayway.jsonpath.InvalidPathException for what is no JSONPath
   */
  public JsonField(String path) {
    this.path = JsonPath.compile(path);
  }

  /** What stands there; empty for nothing and for null. */
  public Optional<JsonNode> in(JsonNode document) {
    JsonNode found = path.read(document, NODES);
    return Optional.ofNullable(found).filter(node -> !node.isNull() && !node.isMissingNode());
  }
}
