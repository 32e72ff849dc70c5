package hub.poll;

import java.util.Locale;

/** How a run of a poll ended. */
enum PollOutcome {
  /** It has read all that is new. */
  OK,
  /** {@code maxPages} stopped it; the next run goes on there. */
  MORE,
  /** A page is at fault, such as an item without an id; the cursor stays. */
  PAGE_FAULT,
  /** The API did not answer, or refused. */
  CALL_FAILED,
  /** The event store was away or busy. */
  STORE_FAILED,
  /** Anything else, such as a setting that is missing. */
  FAILED,
  /** Its route was stopped, or another node has the lease; not counted. */
  STOPPED;

  boolean isCounted() {
    return this != STOPPED;
  }

  boolean isFailure() {
    return this != OK && this != MORE && this != STOPPED;
  }

  /** As metrics and logs write it, such as {@code page-fault}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
