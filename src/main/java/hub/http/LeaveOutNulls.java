package hub.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.Iterator;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Leaves null members out of the map or list in the body, and maps of which nothing is left. In the
 * registry as {@code leaveOutNulls}, for routes that build what an API takes. Thread-safe.
 */
public final class LeaveOutNulls implements Processor {
  /** Name in the registry. */
  public static final String BEAN = "leaveOutNulls";

  @Override
  public void process(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    if (body != null) {
      JsonNode tree = Json.own(Json.text(body));
      prune(tree);
      exchange.getMessage().setBody(tree);
    }
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
