package hub.inbox.engine;

import hub.db.Database;
import hub.db.SqlStates;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Outcome;
import hub.util.log.LogField;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the outcomes of attempts, many in one commit. Keeps trying while the store is unavailable:
 * the effects have happened, and the lease token still guards against a lost lease. Thread-safe.
 */
public final class OutcomeWriter {
  private static final Logger LOG = LoggerFactory.getLogger(OutcomeWriter.class);

  private static final int BATCH_OUTCOMES = 256;
  private static final int CAPACITY = 10_000;

  private record Pending(Outcome outcome, Runnable written) {}

  private final Database database;
  private final InboxStore store;
  private final InboxMetrics metrics;
  private final StoreOutage storeOutage;
  private final Timing timing;
  private final GroupCommit<Pending> queue;
  private volatile boolean closing;

  OutcomeWriter(
      Database database,
      InboxStore store,
      InboxMetrics metrics,
      StoreOutage storeOutage,
      Timing timing) {
    this.timing = timing;
    this.storeOutage = storeOutage;
    this.database = database;
    this.store = store;
    this.metrics = metrics;
    this.queue =
        new GroupCommit<>(
            timing,
            "inbox-finish",
            CAPACITY,
            one -> 1,
            BATCH_OUTCOMES,
            one -> 0,
            Integer.MAX_VALUE,
            this::write);
  }

  /**
   * Queues an outcome, also when the thread is interrupted, as by a forced stop: the outcome must
   * not be lost.
   *
   * @param written runs after the commit, or after the writer has given up
   */
  public void finish(Outcome outcome, Runnable written) {
    Pending pending = new Pending(outcome, written);
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        queue.put(pending);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<Pending> batch) {
    List<Pending> pending = List.copyOf(batch);
    try {
      write(pending.stream().map(Pending::outcome).toList(), true);
    } finally {
      pending.forEach(one -> one.written().run());
    }
  }

  private void write(List<Outcome> outcomes, boolean maySplit) {
    for (int attempt = 1; ; attempt++) {
      long askedAt = storeOutage.now();
      try {
        List<Outcome> written =
            database.inTransaction(connection -> store.finish(connection, outcomes));
        storeOutage.recordAnswer(askedAt);
        written.forEach(metrics::finished);
        if (written.size() < outcomes.size()) {
          logLost(outcomes, written);
        }
        return;
      } catch (SQLException | RuntimeException e) {
        if (!storeOutage.recordIfOutage(e, askedAt)) {
          LOG.warn(
              "inbox=finish outcome=failed events={} attempt={} error={}",
              outcomes.size(),
              attempt,
              e.toString());
        }
        if (SqlStates.isDataError(e)) {
          if (maySplit) {
            // Writes each by itself and without its text, which is what the database refuses.
            outcomes.forEach(one -> write(List.of(one.withoutText()), false));
          }
          return;
        }
        if (closing || !pause(Math.min(100L * attempt, 2_000))) {
          return;
        }
      }
    }
  }

  private static void logLost(List<Outcome> outcomes, List<Outcome> written) {
    for (Outcome outcome : outcomes) {
      if (!written.contains(outcome)) {
        LogField.EVENT_ID.during(
            outcome.eventId().toString(),
            () ->
                LOG.warn(
                    "inbox=finish outcome=fenced event={} route={}: its lease ran out and another took over",
                    outcome.eventId(),
                    outcome.route()));
      }
    }
  }

  private boolean pause(long millis) {
    try {
      if (storeOutage.isAway()) {
        storeOutage.awaitEnd(2_000);
      } else {
        timing.sleep(millis);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Writes the waiting outcomes for at most {@code millis}. */
  void close(long millis) {
    closing = true;
    queue.close(millis);
  }
}
