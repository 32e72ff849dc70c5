package hub.call.policy;

import java.util.Locale;

/** How an attempt at a call ended. */
public enum CallOutcome {
  /** The provider did what it was asked. */
  OK(false, false),
  /** The provider understood and refused; asking again would change nothing. */
  REJECTED(false, false),
  /** The provider wants fewer calls: its health is not in doubt. */
  RATE_LIMITED(true, false),
  /** The provider was in the middle of something: 408, 409 for a lock, 425. */
  BUSY(true, true),
  /** No answer that makes sense: refused, reset, 5xx, something else than was asked for. */
  UNAVAILABLE(true, true),
  /**
   * Asking again now would change nothing: a spent quota, or it is done and the answer unreadable.
   */
  FAILED(false, true),
  /** No answer in time. */
  TIMEOUT(true, true),
  /** The hub did not ask: the breaker is open, or too many wait already. */
  NOT_PERMITTED(false, false);

  private final boolean worthRetrying;
  private final boolean counted;

  CallOutcome(boolean worthRetrying, boolean counted) {
    this.worthRetrying = worthRetrying;
    this.counted = counted;
  }

  boolean worthRetrying() {
    return worthRetrying;
  }

  /** Whether it speaks against the provider, for its breaker. */
  boolean counted() {
    return counted;
  }

  /** As metrics and logs write it, {@code rate-limited}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
