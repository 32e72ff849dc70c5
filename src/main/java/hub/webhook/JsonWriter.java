package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes one value of a JSON document. */
final class JsonWriter {
  private static final Pattern STEP = Pattern.compile("\\.([\\w-]+)|\\['([^']+)']|\\[(\\d{1,6})]");

  private JsonWriter() {}

  /**
   * Writes a value; makes the objects that lead to it, but no elements of arrays.
   *
   * @param path a JSONPath of names and numbers, such as {@code $.items[0].id}
   * @param change makes the new value of the present one, which is missing for a new member
   * @throws IllegalArgumentException for another path, or one that leads nowhere
   */
  static void write(JsonNode document, String path, UnaryOperator<JsonNode> change) {
    List<String> steps = steps(path);
    JsonNode here = document;
    for (String step : steps.subList(0, steps.size() - 1)) {
      here = child(here, step);
    }
    String last = steps.get(steps.size() - 1);
    if (here instanceof ObjectNode object) {
      object.set(last, change.apply(object.path(last)));
    } else if (here instanceof ArrayNode array && array.has(index(last))) {
      array.set(index(last), change.apply(array.get(index(last))));
    } else {
      throw new IllegalArgumentException("the body has nothing at " + path);
    }
  }

  private static List<String> steps(String path) {
    List<String> steps = new ArrayList<>();
    Matcher step = STEP.matcher(path);
    int end = 1;
    while (step.find() && step.start() == end) {
      steps.add(
          step.group(1) != null
              ? step.group(1)
              : step.group(2) != null ? step.group(2) : step.group(3));
      end = step.end();
    }
    if (steps.isEmpty() || !path.startsWith("$") || end != path.length()) {
      throw new IllegalArgumentException(
          "'" + path + "' is no path of names and numbers; write one such as $.items[0].id");
    }
    return steps;
  }

  private static JsonNode child(JsonNode parent, String step) {
    if (parent instanceof ArrayNode array) {
      return array.path(index(step));
    }
    return parent instanceof ObjectNode object && !object.has(step)
        ? object.putObject(step)
        : parent.path(step);
  }

  /** -1, which no array has, for a name. */
  private static int index(String step) {
    return step.matches("\\d{1,6}") ? Integer.parseInt(step) : -1;
  }
}
