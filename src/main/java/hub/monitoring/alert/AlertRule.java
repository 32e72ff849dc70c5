package hub.monitoring.alert;

import java.time.Duration;

/**
 * What a route watches for.
 *
 * @param name of the alert, once in all routes
 * @param above fires when what is measured is more than this
 * @param of the one source or provider that is meant; empty: all
 * @param window how far back is counted, where something is counted
 * @param lasts for how long the measure must say so, to fire and to be over
 * @param repeat how long after a message the next one, while it fires; zero: never
 * @param severity {@code critical}, {@code warning} or {@code info}
 * @param summary one sentence; {@code {value}} and {@code {detail}} stand for what was measured
 */
record AlertRule(
    String name,
    AlertCondition condition,
    double above,
    String of,
    Duration window,
    Duration lasts,
    Duration repeat,
    String severity,
    String summary) {

  /** The summary with what was measured. */
  String summary(double measured, String detail) {
    return summary.replace("{value}", ReadableNumbers.text(measured)).replace("{detail}", detail);
  }
}
