package hub.inbox;

import java.time.Duration;
import java.util.Optional;

/**
 * An exception that knows whether doing the same again can end otherwise. A handler with {@code
 * refused=park} parks the event of one that cannot.
 */
public interface PermanentFailure {
  boolean isFinal();

  /**
   * How long to wait before it makes sense to ask again, where nothing was done and nothing spent:
   * an open circuit breaker, or a provider that said how long it wants to be left alone.
   */
  default Optional<Duration> postponedFor() {
    return Optional.empty();
  }

  /** Whether something was asked and failed before that, which the message then tells. */
  default boolean hasFailedBefore() {
    return false;
  }

  /** Whom the event waits for, for the log; empty when it has no name. */
  default String party() {
    return "";
  }
}
