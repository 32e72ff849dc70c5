package hub.call.http;

import hub.http.HeaderNames;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The HTTP response of a provider.
 *
 * @param body the whole body, at most {@code hub.call.answer-max-bytes}
 * @param receivedAt when it arrived
 */
public record ProviderResponse(int status, HttpHeaders headers, byte[] body, Instant receivedAt) {
  /** Whether the status is 2xx. */
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Whether the provider allows that the response is kept for the next request. */
  boolean mayBeKept() {
    return headers.allValues("Cache-Control").stream()
        .noneMatch(value -> value.toLowerCase(Locale.ROOT).contains("no-store"));
  }

  /** How long to wait before the next call; empty without a readable {@code Retry-After}. */
  public Optional<Duration> retryAfter() {
    return headers
        .firstValue(HeaderNames.RETRY_AFTER)
        .flatMap(value -> RetryAfter.parse(value, receivedAt));
  }

  /** The body as UTF-8; malformed bytes become U+FFFD. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** Whether its {@code Content-Type} is JSON. */
  public boolean isJson() {
    return type()
        .filter(type -> type.equals("application/json") || type.endsWith("+json"))
        .isPresent();
  }

  /** Whether its {@code Content-Type} is HTML. */
  boolean isHtml() {
    return type()
        .filter(type -> type.equals("text/html") || type.equals("application/xhtml+xml"))
        .isPresent();
  }

  private Optional<String> type() {
    return headers
        .firstValue(HeaderNames.CONTENT_TYPE)
        .map(type -> type.toLowerCase(Locale.ROOT).split(";", 2)[0].strip());
  }
}
