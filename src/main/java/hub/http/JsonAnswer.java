package hub.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/**
 * Answers with the body as JSON. The Kamelet {@code json-answer-action} makes it and sets its
 * parameters. Members that are null are left out, and nothing of the request goes back. Thread-safe
 * once they are set.
 */
public final class JsonAnswer implements Processor {
  private int status = 200;

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    Optional<JsonNode> body = read(message);
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
    if (body.isPresent()) {
      message.setHeader(Exchange.CONTENT_TYPE, "application/json");
      message.setBody(Json.bytes(withoutNulls(body.get())));
    } else {
      message.setBody(null);
    }
  }

  /** Text, bytes and streams that are JSON already stay what they are. */
  private static Optional<JsonNode> read(Message message) {
    Object body = message.getBody();
    if (body == null) {
      return Optional.empty();
    }
    if (body instanceof JsonNode node) {
      return Optional.of(node.deepCopy());
    }
    if (body instanceof Iterable
        || body instanceof Map
        || body instanceof Number
        || body instanceof Boolean) {
      return Optional.of(Json.own(Json.text(body)));
    }
    byte[] bytes = message.getBody(byte[].class);
    if (bytes == null) {
      return Optional.of(Json.own(Json.text(body)));
    }
    if (bytes.length == 0) {
      return Optional.empty();
    }
    return Json.parseLastWins(bytes)
        .filter(node -> node.isContainerNode() || !(body instanceof String))
        .or(() -> Optional.of(Json.own(Json.text(message.getBody(String.class)))));
  }

  private static JsonNode withoutNulls(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (Iterator<JsonNode> members = object.elements(); members.hasNext(); ) {
        JsonNode member = members.next();
        if (member.isNull()) {
          members.remove();
        } else {
          withoutNulls(member);
        }
      }
    } else if (node instanceof ArrayNode array) {
      array.forEach(JsonAnswer::withoutNulls);
    }
    return node;
  }

  /** HTTP status, 200 to 599. Default: 200. */
  public void setStatus(int status) {
    this.status = status;
  }
}
