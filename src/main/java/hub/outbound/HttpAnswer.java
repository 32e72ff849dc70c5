package hub.outbound;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a provider answered.
 *
 * @param body whole, at most {@code hub.call.answer-max-bytes}
 */
public record HttpAnswer(int status, HttpHeaders headers, byte[] body) {
  /** How long the provider wants to be left alone. */
  public Optional<Duration> retryAfter() {
    return headers
        .firstValue("Retry-After")
        .flatMap(value -> RetryAfter.parse(value, Instant.now()));
  }

  /** Whether it says that it is JSON. */
  public boolean isJson() {
    return headers
        .firstValue("Content-Type")
        .map(type -> type.toLowerCase(java.util.Locale.ROOT).split(";", 2)[0].strip())
        .filter(type -> type.equals("application/json") || type.endsWith("+json"))
        .isPresent();
  }
}
