package hub.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Leaves null members out of the map or list in the body, and maps of which nothing is left. In the
 * registry as {@code leaveOutNulls}, for routes that build what an API takes: a map of Simple has
 * all of its members. Thread-safe.
 */
public final class LeaveOutNulls implements Processor {
  /** Name in the registry. */
  public static final String BEAN = "leaveOutNulls";

  @Override
  public void process(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    if (body instanceof Map || body instanceof List) {
      Object left = pruned(body);
      exchange.getMessage().setBody(left == null ? Map.of() : left);
    } else if (body != null) {
      JsonNode tree = Json.own(Json.text(body));
      prune(tree);
      exchange.getMessage().setBody(tree);
    }
  }

  /** What is left of a value; null for nothing. Bytes, which may be many, stay the same array. */
  private static Object pruned(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> left = new LinkedHashMap<>();
      map.forEach(
          (name, member) -> {
            Object kept = pruned(member);
            if (kept != null) {
              left.put(name, kept);
            }
          });
      return left.isEmpty() && !map.isEmpty() ? null : left;
    }
    if (value instanceof List<?> list) {
      List<Object> left = new ArrayList<>();
      for (Object element : list) {
        Object kept = pruned(element);
        // An element keeps its place.
        left.add(kept == null && element != null ? Map.of() : kept);
      }
      return left;
    }
    return value instanceof JsonNode node && prune(node) ? null : value;
  }

  /** Whether nothing is left of what was there. */
  private static boolean prune(JsonNode node) {
    if (node instanceof ObjectNode object) {
      boolean wasEmpty = object.isEmpty();
      Iterator<JsonNode> members = object.elements();
      while (members.hasNext()) {
        if (prune(members.next())) {
          members.remove();
        }
      }
      return object.isEmpty() && !wasEmpty;
    }
    if (node instanceof ArrayNode array) {
      array.forEach(LeaveOutNulls::prune);
    }
    return node.isNull();
  }
}
