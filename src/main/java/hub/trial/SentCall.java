package hub.trial;

import java.util.Map;
import java.util.Optional;

/**
 * What a step sent, or would have sent, out of the process.
 *
 * @param step the step's id
 * @param place the step with file and line, for messages
 * @param method of HTTP; empty for other components
 * @param url the whole address
 * @param path the address after the host, placeholders filled in, decoded
 * @param query by name
 * @param headers by name, in lower case
 * @param body maps and lists for JSON, else a text; null: none
 * @param key the idempotency key that went along
 * @param isGuarded whether it was made within an {@code idempotentConsumer}
 * @param isEffect whether it may change something on the other side
 * @param isRepeatable whether the other side takes a repetition for the same thing
 */
record SentCall(
    String step,
    String place,
    String method,
    String url,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    Object body,
    Optional<String> key,
    boolean isGuarded,
    boolean isEffect,
    boolean isRepeatable) {

  SentCall asRepeatable() {
    return new SentCall(
        step, place, method, url, path, query, headers, body, key, isGuarded, isEffect, true);
  }

  /** By its name in a test. */
  Object field(String name) {
    return switch (name) {
      case "method" -> method;
      case "url" -> url;
      case "path" -> path;
      case "query" -> query;
      case "headers" -> headers;
      default -> body;
    };
  }
}
