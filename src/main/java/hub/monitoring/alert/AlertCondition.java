package hub.monitoring.alert;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What an alert can watch for. */
enum AlertCondition {
  /** Age of the oldest event that waits, in seconds. */
  BACKLOG_AGE,
  /** Events that were given up. */
  DEAD_LETTERS,
  /** Providers whose circuit breaker is not closed. */
  BREAKER_OPEN,
  /** Failed attempts at calls in the window, in percent, of the provider that has most. */
  CALL_ERROR_RATE,
  /** Webhooks in the window that were refused for signature or time. */
  SIGNATURE_FAILURES,
  /** How many times longer a source is silent than it was at most in a week. */
  MISSING_EVENTS;

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException for any other word, naming those that there are
   */
  static AlertCondition of(String text) {
    return Arrays.stream(values())
        .filter(alertCondition -> alertCondition.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "condition '"
                        + text
                        + "': write "
                        + Arrays.stream(values())
                            .map(AlertCondition::text)
                            .collect(Collectors.joining(", "))));
  }
}
