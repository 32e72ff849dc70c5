package hub.monitoring.alert;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The conditions of alerts. */
enum AlertCondition {
  /** Age of the oldest unfinished event, in seconds. */
  BACKLOG_AGE,
  /** Number of dead events. */
  DEAD_LETTERS,
  /** Number of providers whose circuit breaker is not closed. */
  BREAKER_OPEN,
  /** Failed calls in the window in percent, of the provider with the highest rate. */
  CALL_ERROR_RATE,
  /** Number of webhooks in the window that were refused for their signature or timestamp. */
  SIGNATURE_FAILURES,
  /** Number of events that wait for a handler which no live node has. */
  ORPHANED_EVENTS,
  /** Current silence of a source divided by its longest silence in the week before. */
  MISSING_EVENTS,
  /** Number of events in the window that the provider could not deliver and that were fetched. */
  WEBHOOKS_MISSED,
  /**
   * Seconds for which all runs of a poll or catch-up have failed, two at least; of the one that has
   * failed longest.
   */
  POLL_FAILING;

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws IllegalArgumentException for any other word; the message lists the conditions
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
