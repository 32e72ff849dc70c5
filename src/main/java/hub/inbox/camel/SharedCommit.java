package hub.inbox.camel;

import hub.db.SqlStates;
import hub.inbox.db.Outcome;
import hub.inbox.engine.LeasedDelivery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a transaction of several events has done so far. Not thread-safe. */
final class SharedCommit {
  /** In order, also those that are released without an attempt. */
  final List<LeasedDelivery> begun = new ArrayList<>();

  final Set<LeasedDelivery> released = new HashSet<>();
  final List<Attempt.Ended> ended = new ArrayList<>();
  final List<Outcome> outcomes = new ArrayList<>();

  /** Why it was rolled back. */
  Optional<Throwable> error = Optional.empty();

  /** Whether this event took too long, and it was neither a lock nor the end. */
  boolean isLate(LeasedDelivery one) {
    boolean isAtEnd = begun.size() == ended.size() + released.size();
    return error.filter(SqlStates::isCausedByTimeout).isPresent()
        && !isContended()
        && !isAtEnd
        && one.equals(begun.get(begun.size() - 1));
  }

  /**
   * Whether it met another transaction. The wait for a lock ends before PostgreSQL looks for a
   * deadlock.
   */
  boolean isContended() {
    return error
        .filter(any -> SqlStates.isCausedByDeadlock(any) || SqlStates.isCausedByLockTimeout(any))
        .isPresent();
  }
}
