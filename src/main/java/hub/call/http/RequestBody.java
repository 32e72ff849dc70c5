package hub.call.http;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.http.HeaderNames;
import hub.util.Form;
import hub.util.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Makes the body of a request of a message's: maps and lists become JSON, a map becomes a form
 * where the route gives that content type, text and bytes stay.
 *
 * @param headers names of those that the route gives, in lower case
 * @param gzip whether the body is compressed
 * @param maxBytes the largest body that the provider takes, before compression; 0: any
 * @param provider for the message
 */
record RequestBody(Set<String> headers, boolean gzip, int maxBytes, String provider) {
  /** Whether a body is sent as JSON. */
  static boolean isTree(Object body) {
    return body instanceof Map || body instanceof List || body instanceof JsonNode;
  }

  /**
   * The bytes of a message's body; empty when it has none.
   *
   * @throws IOException when the body has no bytes
   */
  static Optional<byte[]> bytes(Message message) throws IOException {
    Object body = message.getBody();
    if (body == null) {
      return Optional.empty();
    }
    if (isTree(body)) {
      return Optional.of(Json.bytes(body));
    }
    byte[] bytes = message.getBody(byte[].class);
    if (bytes == null) {
      throw new IOException("the body, a " + body.getClass().getSimpleName() + ", has no bytes");
    }
    return Optional.of(bytes);
  }

  /**
   * The bytes to send, compressed if so; empty when the message has no body. Sets the headers that
   * describe them.
   *
   * @throws CallFailedException as the provider would refuse it, when the body is too large
   */
  Optional<byte[]> of(HttpRequest.Builder request, Message message) throws IOException {
    Optional<byte[]> bytes = plain(request, message);
    bytes.ifPresent(this::refuseTooLarge);
    if (bytes.isEmpty() || !gzip) {
      return bytes;
    }
    request.setHeader("Content-Encoding", "gzip");
    return Optional.of(compressed(bytes.get()));
  }

  private void refuseTooLarge(byte[] bytes) {
    if (maxBytes > 0 && bytes.length > maxBytes) {
      throw new CallFailedException(
          provider,
          CallFailure.ofStatus(
              413,
              "",
              "the request has " + bytes.length + " bytes, and it takes " + maxBytes,
              Optional.empty()),
          null);
    }
  }

  private Optional<byte[]> plain(HttpRequest.Builder request, Message message) throws IOException {
    Object body = message.getBody();
    if (body instanceof Map<?, ?> fields && isForm(request)) {
      return Optional.of(Form.encoded(fields).getBytes(StandardCharsets.UTF_8));
    }
    if (isTree(body)) {
      request.setHeader(HeaderNames.CONTENT_TYPE, "application/json");
    } else if (body != null && !headers.contains("content-type")) {
      String type = message.getHeader(Exchange.CONTENT_TYPE, String.class);
      request.setHeader(HeaderNames.CONTENT_TYPE, type == null ? "application/json" : type);
    }
    return bytes(message);
  }

  private boolean isForm(HttpRequest.Builder request) {
    return headers.contains("content-type")
        && request
            .copy()
            .build()
            .headers()
            .firstValue(HeaderNames.CONTENT_TYPE)
            .filter(Form::isForm)
            .isPresent();
  }

  private static byte[] compressed(byte[] body) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(body);
    }
    return compressed.toByteArray();
  }
}
