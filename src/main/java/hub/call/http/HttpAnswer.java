package hub.call.http;

import hub.http.HeaderNames;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What a provider answered.
 *
 * @param body whole, at most {@code hub.call.answer-max-bytes}
 */
public record HttpAnswer(int status, HttpHeaders headers, byte[] body) {
  /** Whether it says that what was asked is done: 2xx. */
  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** How long the provider wants to be left alone. */
  public Optional<Duration> retryAfter() {
    return headers
        .firstValue(HeaderNames.RETRY_AFTER)
        .flatMap(value -> RetryAfter.parse(value, Instant.now()));
  }

  /** Whether it says that it is JSON. */
  public boolean isJson() {
    return type()
        .filter(type -> type.equals("application/json") || type.endsWith("+json"))
        .isPresent();
  }

  /** Whether it says that it is HTML. */
  boolean isPage() {
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
