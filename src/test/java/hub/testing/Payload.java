package hub.testing;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A body of {@code src/test/resources/payloads}, as it is or with some fields changed. */
public final class Payload {
  private final ObjectNode json;

  private Payload(ObjectNode json) {
    this.json = json;
  }

  /** The file's bytes. */
  public static byte[] bytes(String file) {
    try (InputStream in = Payload.class.getResourceAsStream("/payloads/" + file)) {
      if (in == null) {
        throw new IllegalArgumentException("no file payloads/" + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Payload of(String file) {
    return new Payload((ObjectNode) Json.own(new String(bytes(file), StandardCharsets.UTF_8)));
  }

  /**
   * This with one field set.
   *
   * @param pointer a JSON pointer, for instance {@code /data/object/id}; its parent must be there
   */
  public Payload with(String pointer, Object value) {
    ObjectNode copy = json.deepCopy();
    parent(copy, pointer).putPOJO(name(pointer), value);
    return new Payload((ObjectNode) Json.own(Json.text(copy)));
  }

  public Payload without(String pointer) {
    ObjectNode copy = json.deepCopy();
    parent(copy, pointer).remove(name(pointer));
    return new Payload(copy);
  }

  private static ObjectNode parent(ObjectNode root, String pointer) {
    JsonNode parent = root.at(JsonPointer.compile(pointer).head());
    if (!(parent instanceof ObjectNode object)) {
      throw new IllegalArgumentException(pointer + ": its parent is no object");
    }
    return object;
  }

  private static String name(String pointer) {
    return JsonPointer.compile(pointer).last().getMatchingProperty();
  }

  public String text() {
    return Json.text(json);
  }
}
