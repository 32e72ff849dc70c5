package hub.inbox.engine;

import java.time.Duration;

/**
 * How the time is spent that a stop may take as a whole: handlers may end what they have begun,
 * then they are interrupted, and what is left is for writing down how they ended and for closing.
 *
 * @param total from the signal to the end of the process, at least a second
 */
public record StopBudget(Duration total) {
  /** Writing the last outcomes and closing pools takes a moment, on a slow store some seconds. */
  private static final Duration CLOSING = Duration.ofSeconds(8);

  /** Time for interrupted handlers to give up, before Camel stops the routes by force. */
  private static final Duration GIVING_UP = Duration.ofSeconds(1);

  /** How long Camel waits for the routes, whole seconds; at least one. */
  public Duration routes() {
    long seconds = total.minus(closing()).toSeconds();
    return Duration.ofSeconds(Math.max(1, seconds));
  }

  /** When handlers are interrupted, counted from the beginning. */
  Duration patience() {
    Duration half = routes().dividedBy(2);
    return routes().minus(half.compareTo(GIVING_UP) < 0 ? half : GIVING_UP);
  }

  /** When nobody is waited for any more, counted from the beginning. */
  Duration waiting() {
    return total.minus(closing().dividedBy(2));
  }

  private Duration closing() {
    Duration half = total.dividedBy(2);
    return half.compareTo(CLOSING) < 0 ? half : CLOSING;
  }
}
