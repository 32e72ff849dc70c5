package hub.provider.email;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/**
 * An e-mail as it waits in the inbox: valid, and complete but for its sender.
 *
 * @param to bare addresses, each once
 * @param subject one line
 * @param html as the caller wrote it
 * @param text the same for readers without HTML; empty: it is made of the HTML when it is sent
 * @param replyTo where answers go, if not to the sender
 */
record Mail(List<String> to, String subject, String html, String text, Optional<String> replyTo) {

  /** Reads what {@link #bytes} wrote. */
  static Mail of(byte[] payload) {
    JsonNode node =
        Json.parse(payload)
            .orElseThrow(() -> new IllegalArgumentException("the event is not an e-mail"));
    return new Mail(
        StreamSupport.stream(node.path("to").spliterator(), false).map(JsonNode::asText).toList(),
        node.path("subject").asText(),
        node.path("html").asText(),
        node.hasNonNull("text")
            ? node.get("text").asText()
            : HtmlText.of(node.path("html").asText()),
        Optional.ofNullable(node.get("replyTo")).map(JsonNode::asText));
  }

  byte[] bytes() {
    var node = Json.object();
    to.forEach(node.putArray("to")::add);
    node.put("subject", subject).put("html", html);
    if (!text.isEmpty()) {
      node.put("text", text);
    }
    replyTo.ifPresent(address -> node.put("replyTo", address));
    return Json.bytes(node);
  }
}
