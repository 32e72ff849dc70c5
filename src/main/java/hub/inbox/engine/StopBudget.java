package hub.inbox.engine;

import java.time.Duration;

/**
 * Divides the time of the hub's stop: first handlers may finish, then they are interrupted, and the
 * rest is for writing their outcomes and closing.
 *
 * @param total from the signal to the end of the process, at least a second
 */
public record StopBudget(Duration total) {
  /** Time for writing the last outcomes and closing pools; a slow store needs some seconds. */
  private static final Duration CLOSING = Duration.ofSeconds(8);

  /** Time for interrupted handlers to end, before Camel stops the routes by force. */
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

  /** How long Camel waits for the routes: whole seconds, at least one. */
  public Duration routes() {
    long seconds = total.minus(closingTime()).toSeconds();
    return Duration.ofSeconds(Math.max(1, seconds));
  }

  /** When handlers are interrupted, from the start of the stop. */
  Duration interruptAfter() {
    Duration half = routes().dividedBy(2);
    return routes().minus(half.compareTo(AFTER_INTERRUPT) < 0 ? half : AFTER_INTERRUPT);
  }

  /** When the hub stops waiting for anything, from the start of the stop. */
  Duration waitLimit() {
    return total.minus(closingTime().dividedBy(2));
  }

  private Duration closingTime() {
    Duration half = total.dividedBy(2);
    return half.compareTo(CLOSING) < 0 ? half : CLOSING;
  }
}
