package hub.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The events within a body: cuts the elements at a path out of a JSON document, byte for byte.
 * Thread-safe.
 */
public final class JsonElements {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final Pattern STEP =
      Pattern.compile("\\.([\\w-]+)|\\['([^']+)']|\\[(\\d+)]|\\[(\\*)]");
  private static final String ALL = "*";

  /** Names and numbers of members and elements; {@code *}: all elements. */
  private final List<String> steps;

  /**
   * @param path a JSONPath of names, numbers and <code>[*]</code>, such as {@code $.items[*].event}
   * @throws IllegalArgumentException for another one
   */
  public JsonElements(String path) {
    List<String> found = new ArrayList<>();
    Matcher step = STEP.matcher(path);
    int end = 1;
    while (step.find() && step.start() == end) {
      found.add(
          step.group(1) != null
              ? step.group(1)
              : step.group(2) != null
                  ? step.group(2)
                  : step.group(3) != null ? step.group(3) : ALL);
      end = step.end();
    }
    if (!path.startsWith("$") || end != path.length()) {
      throw new IllegalArgumentException(
          "each: '"
              + path
              + "' is not a path of names, numbers and [*]; write one such as $.items[*]");
    }
    this.steps = List.copyOf(found);
  }

  /**
   * The elements, in order; none when the path leads nowhere.
   *
   * @param document valid JSON
   * @throws IOException when there is something else where a list should be, or the document is not
   *     UTF-8
   */
  public List<byte[]> in(byte[] document) throws IOException {
    List<byte[]> elements = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(document)) {
      if (parser.nextToken() != null) {
        collect(parser, document, 0, elements);
      }
    }
    return elements;
  }

  /** Reads the value that the parser is at, to its end. */
  private void collect(JsonParser parser, byte[] document, int depth, List<byte[]> elements)
      throws IOException {
    if (depth == steps.size()) {
      int start = (int) parser.currentTokenLocation().getByteOffset();
      if (start < 0) {
        throw new IOException("the document is not UTF-8");
      }
      parser.skipChildren();
      parser.finishToken();
      elements.add(
          Arrays.copyOfRange(document, start, (int) parser.currentLocation().getByteOffset()));
      return;
    }
    String step = steps.get(depth);
    if (step.equals(ALL) && parser.currentToken() != JsonToken.START_ARRAY) {
      throw new IOException("there is no list of events");
    }
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = parser.currentName().equals(step);
        parser.nextToken();
        descend(parser, document, depth, wanted, elements);
      }
    } else if (parser.currentToken() == JsonToken.START_ARRAY) {
      for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
        descend(
            parser,
            document,
            depth,
            step.equals(ALL) || step.equals(Integer.toString(i)),
            elements);
      }
    }
  }

  private void descend(
      JsonParser parser, byte[] document, int depth, boolean wanted, List<byte[]> elements)
      throws IOException {
    if (wanted) {
      collect(parser, document, depth + 1, elements);
    } else {
      parser.skipChildren();
    }
  }
}
