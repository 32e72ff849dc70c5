package hub.provider.email;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * @param attachments files that go along
 */
record Mail(
    List<String> to,
    String subject,
    String html,
    String text,
    Optional<String> replyTo,
    List<MailAttachment> attachments) {

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
        Optional.ofNullable(node.get("replyTo")).map(JsonNode::asText),
        StreamSupport.stream(node.path("attachments").spliterator(), false)
            .map(Mail::attachment)
            .toList());
  }

  private static MailAttachment attachment(JsonNode node) {
    return new MailAttachment(
        node.path("key").asText(),
        node.path("filename").asText(),
        Optional.ofNullable(node.get("contentType")).map(JsonNode::asText));
  }

  /** Plain text as HTML: one paragraph, with its line breaks. */
  static String htmlOf(String text) {
    return "<p>" + Entities.escape(text).replace("\n", "<br>\n") + "</p>";
  }

  /** The same e-mail to others. */
  Mail to(List<String> others) {
    return new Mail(others, subject, html, text, replyTo, attachments);
  }

  byte[] bytes() {
    var node = Json.object();
    to.forEach(node.putArray("to")::add);
    node.put("subject", subject).put("html", html);
    if (!text.isEmpty()) {
      node.put("text", text);
    }
    replyTo.ifPresent(address -> node.put("replyTo", address));
    if (!attachments.isEmpty()) {
      ArrayNode files = node.putArray("attachments");
      for (MailAttachment file : attachments) {
        ObjectNode entry =
            files.addObject().put("key", file.key()).put("filename", file.filename());
        file.contentType().ifPresent(type -> entry.put("contentType", type));
      }
    }
    return Json.bytes(node);
  }
}
