package hub.monitoring.alert;

import java.time.Duration;

/**
 * An alert as a route defines it.
 *
 * @param name unique over all routes
 * @param above fires when the measurement is above this
 * @param target the one source, provider or handler to measure; empty: all
 * @param window how far back is counted, for conditions that count
 * @param forDuration how long the condition must hold before it fires, or not hold before it is
 *     resolved
 * @param repeat how long after a message the next one is sent while it fires; zero: never
 * @param severity {@code critical}, {@code warning} or {@code info}
 * @param summary one sentence; {@code {value}} and {@code {detail}} are replaced by the measurement
 */
record AlertRule(
    String name,
    AlertCondition condition,
    double above,
    String target,
    Duration window,
    Duration forDuration,
    Duration repeat,
    String severity,
    String summary) {

  /** The summary with the measurement filled in. */
  String summary(double value, String detail) {
    return summary.replace("{value}", ReadableNumbers.text(value)).replace("{detail}", detail);
  }
}
