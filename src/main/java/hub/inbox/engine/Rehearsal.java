package hub.inbox.engine;

import hub.db.Database;
import hub.db.StoreUnavailableException;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.db.ReplayKey;
import hub.inbox.db.RoutedEvent;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Appends as {@link EventWriter} does, but rolls each transaction back: it compiles and caches what
 * an append needs and leaves no row, no metric and no outage. Thread-safe.
 */
public final class Rehearsal implements Appender, AutoCloseable {
  private static final int EVENTS = 256;
  private static final int BATCH_BYTES = 1 << 20;
  private static final long CLOSE_MILLIS = 1_000;

  private final Database database;
  private final InboxStore store;
  private final EventIds ids;
  private final Executor callbacks;
  private final Timing timing;
  private final GroupCommit<PendingAppend> queue;

  Rehearsal(Database database, InboxStore store, EventIds ids, Executor callbacks, Timing timing) {
    this.database = database;
    this.store = store;
    this.ids = ids;
    this.callbacks = callbacks;
    this.timing = timing;
    this.queue =
        new GroupCommit<>(
            timing,
            "inbox-rehearsal",
            EVENTS,
            PendingAppend::size,
            EVENTS,
            PendingAppend::bytes,
            BATCH_BYTES,
            this::write);
  }

  /** Calls back after the rollback, or when the append has failed. Spends no token. */
  @Override
  public void append(
      List<NewEvent> events, Optional<ReplayKey> replayKey, AppendCallback callback) {
    PendingAppend pending = new PendingAppend(events, Optional.empty(), callback, timing.nanos());
    if (!queue.offer(pending)) {
      pending.failed(new StoreUnavailableException("the rehearsal is over"));
    }
  }

  private void write(List<PendingAppend> batch) {
    // Callbacks run while the next batch is gathered in the same list.
    List<PendingAppend> pending = List.copyOf(batch);
    try {
      List<RoutedEvent> events =
          pending.stream()
              .flatMap(one -> one.events().stream())
              .map(event -> new RoutedEvent(ids.next(), event, List.of()))
              .toList();
      List<Receipt> receipts = database.rolledBack(connection -> store.append(connection, events));
      callbacks.execute(() -> PendingAppend.answer(pending, receipts, 0));
    } catch (SQLException | RuntimeException e) {
      callbacks.execute(() -> pending.forEach(one -> one.failed(e)));
    }
  }

  @Override
  public void close() {
    queue.close(CLOSE_MILLIS);
    queue
        .drain()
        .forEach(one -> one.failed(new StoreUnavailableException("the rehearsal is over")));
  }
}
