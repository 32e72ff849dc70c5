package hub.http.problem;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An error response by RFC 9457.
 *
 * @param status HTTP status
 * @param reason the stable code for programs; {@code type} is {@code urn:hub:problem:<reason>}
 * @param detail what to do, for people
 * @param code the provider's error code, such as {@code card_declined}
 * @param retryAfterSeconds when the same request may succeed; empty when unknown
 */
public record Problem(
    int status,
    String reason,
    String detail,
    Optional<String> code,
    OptionalInt retryAfterSeconds) {
  public static final String CONTENT_TYPE = "application/problem+json";

  public static Problem of(int status, String reason, String detail) {
    return new Problem(status, reason, detail, Optional.empty(), OptionalInt.empty());
  }

  public Problem retryAfter(int seconds) {
    return new Problem(status, reason, detail, code, OptionalInt.of(seconds));
  }

  public Problem code(String providersWord) {
    return new Problem(status, reason, detail, Optional.of(providersWord), retryAfterSeconds);
  }

  /** The reason as a short title: {@code signature-missing} reads "Signature missing". */
  private String title() {
    String words = reason.replace('-', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /** The response's body, JSON. */
  public byte[] body(String requestId) {
    ObjectNode body =
        Json.object()
            .put("type", "urn:hub:problem:" + reason)
            .put("title", title())
            .put("status", status)
            .put("detail", detail)
            .put("requestId", requestId);
    code.ifPresent(word -> body.put("code", word));
    return Json.bytes(body);
  }
}
