package hub.util;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The one way in which the hub reads and writes JSON. */
public final class Json {
  /** Strict: refuses an object with a repeated name, which different parsers read differently. */
  private static final ObjectMapper MAPPER = mapper(true);

  /** Lenient: the last value of a repeated name counts, as in most parsers. */
  private static final ObjectMapper LAST_WINS = mapper(false);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final char REPLACEMENT = '\uFFFD';
  private static final String NO_JSON = "is no JSON document of UTF-8 with unique names";

  private Json() {}

  private static ObjectMapper mapper(boolean uniqueNames) {
    return JsonMapper.builder(
            JsonFactory.builder()
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, uniqueNames)
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
        .build();
  }

  /**
   * Reads one JSON document of strict UTF-8.
   *
   * @return empty when the bytes are no JSON document, repeat a name, nest deeper than 1,000, or
   *     are not UTF-8
   */
  public static Optional<JsonNode> parse(byte[] bytes) {
    return parse(MAPPER, bytes);
  }

  /**
   * As {@link #parse}, for a document that its sender has signed: of a repeated name, the last
   * value counts.
   */
  public static Optional<JsonNode> parseLastWins(byte[] bytes) {
    return parse(LAST_WINS, bytes);
  }

  private static Optional<JsonNode> parse(ObjectMapper mapper, byte[] bytes) {
    try {
      JsonNode node = mapper.readTree(strictText(bytes));
      return node == null || node.isMissingNode() ? Optional.empty() : Optional.of(node);
    } catch (CharacterCodingException | JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** The quick way replaces what is not UTF-8; only a text with such a character is read twice. */
  private static String strictText(byte[] bytes) throws CharacterCodingException {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.indexOf(REPLACEMENT) < 0
        ? text
        : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /**
   * Why {@link #parse} refuses these bytes, as the end of a sentence that begins with "the body".
   */
  public static String complaint(byte[] bytes) {
    try {
      MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
    } catch (StreamConstraintsException e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("nesting depth")) {
        return "nests deeper than " + StreamReadConstraints.DEFAULT_MAX_DEPTH + " levels";
      }
      if (message.contains("Number value length")) {
        return "has a number of more than "
            + StreamReadConstraints.DEFAULT_MAX_NUM_LEN
            + " characters";
      }
      if (message.contains("name")) {
        return "has a name of more than "
            + StreamReadConstraints.DEFAULT_MAX_NAME_LEN
            + " characters";
      }
      return "has a text that is too long";
    } catch (JsonProcessingException e) {
      return NO_JSON;
    }
    return NO_JSON;
  }

  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Any record, map, list or node as UTF-8 bytes. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "cannot write " + value.getClass().getSimpleName() + " as JSON", e);
    }
  }

  public static String text(Object value) {
    return new String(bytes(value), StandardCharsets.UTF_8);
  }

  /** Formats a time for answers: ISO 8601 in UTC with milliseconds. */
  public static String time(Instant time) {
    return TIME.format(time);
  }

  /** Converts a node to maps, lists, texts, numbers and booleans, for expressions in routes. */
  public static Object plain(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      node.forEachEntry((name, value) -> map.put(name, plain(value)));
      return map;
    }
    if (node.isArray()) {
      List<Object> list = new ArrayList<>();
      node.forEach(element -> list.add(plain(element)));
      return list;
    }
    // Numbers stay exact: a fraction is a BigDecimal.
    return node.isNumber()
        ? node.numberValue()
        : node.isBoolean() ? (Object) node.booleanValue() : node.textValue();
  }

  /** Parses JSON that the hub itself wrote. */
  public static JsonNode own(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException e) {
      throw new IllegalStateException("stored JSON cannot be read", e);
    }
  }
}
