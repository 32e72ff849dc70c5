package hub.inbox;

import java.time.Duration;
import java.util.Optional;

/**
 * An exception that knows whether a retry can succeed. A handler with {@code refused=park} parks
 * the event of a permanent failure.
 */
public interface PermanentFailure {
  /** Whether every retry of the same call would fail, too. */
  boolean isPermanent();

  /** Its earlier name, which routes of earlier versions read as {@code ${exception.final}}. */
  default boolean isFinal() {
    return isPermanent();
  }

  /**
   * How long to wait before the next try, when the call was not made or the provider said how long
   * to wait: an open circuit breaker, a 429 with Retry-After. Such an attempt does not count. Empty
   * for any other failure.
   */
  default Optional<Duration> postponedFor() {
    return Optional.empty();
  }

  /** Whether a call was made and failed before the wait; the message says how. */
  default boolean hasFailedBefore() {
    return false;
  }

  /** The provider that the event waits for, for the log; empty when unknown. */
  default String provider() {
    return "";
  }
}
