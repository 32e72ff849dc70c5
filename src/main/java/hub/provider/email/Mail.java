package hub.provider.email;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jsoup.nodes.Entities;

/**
 * An e-mail as stored in the inbox: valid, and complete except for its sender.
 *
 * @param to bare addresses, each once
 * @param subject one line
 * @param html as the caller wrote it
 * @param text the plain text; empty: it is made from the HTML when the e-mail is sent
 * @param replyTo the address for replies, if not the sender's
 */
record Mail(List<String> to, String subject, String html, String text, Optional<String> replyTo) {

  /** Reads the payload that {@link #bytes} wrote. */
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

  /** Plain text as HTML: one paragraph, with its line breaks. */
  static String htmlOf(String text) {
    return "<p>" + Entities.escape(text).replace("\n", "<br>\n") + "</p>";
  }

  /** The same e-mail to others. */
  Mail to(List<String> others) {
    return new Mail(others, subject, html, text, replyTo);
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
