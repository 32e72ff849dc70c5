package hub.call.policy;

import java.util.Locale;

/** How an attempt at a call ended. */
public enum CallOutcome {
  /** The call succeeded. */
  OK(false, false),
  /** The provider rejected the request; a retry would change nothing. */
  REJECTED(false, false),
  /** The provider limits the rate of calls (429); that does not count against its health. */
  RATE_LIMITED(true, false),
  /** The provider was busy with the same object: 408, 409 for a lock, 423, 425. */
  BUSY(true, true),
  /**
   * No usable answer: connection refused or reset, 5xx, or a response of another form than
   * expected.
   */
  UNAVAILABLE(true, true),
  /**
   * A retry now would not help: the quota is used up, or the request had its effect and only its
   * response is unreadable.
   */
  FAILED(false, true),
  /** No answer in time. */
  TIMEOUT(true, true),
  /** The hub did not call: the circuit breaker is open, or the queue is full. */
  NOT_PERMITTED(false, false);

  private final boolean worthRetrying;
  private final boolean countsAsFailure;

  CallOutcome(boolean worthRetrying, boolean countsAsFailure) {
    this.worthRetrying = worthRetrying;
    this.countsAsFailure = countsAsFailure;
  }

  boolean worthRetrying() {
    return worthRetrying;
  }

  /** Whether the circuit breaker counts it as a failure. */
  boolean countsAsFailure() {
    return countsAsFailure;
  }

  /** As metrics and logs write it, such as {@code rate-limited}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
