package hub.inbox;

import hub.store.Database;
import hub.store.StoreUnavailable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores events: all that arrive while one commit runs share the next. Thread-safe. */
final class Appender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Appender.class);

  /** Beyond this a larger batch only makes its members wait longer. */
  private static final int BATCH = 256;

  /** How many answers one thread gives before another one helps. */
  private static final int SLICE = 16;

  /** A deadlock or a lost race between nodes is over when the transaction is tried again. */
  private static final int TRIES = 3;

  /** Learns what became of an event; called once, on a thread that may work but not wait long. */
  interface Callback {
    void stored(Receipt receipt);

    void failed(Exception error);
  }

  private record Pending(NewEvent event, Callback callback) {}

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final Executor callbacks;
  private final InboxMetrics metrics;
  private final EventIds ids;
  private final GroupCommit<Pending> queue;

  Appender(
      Database database,
      InboxStore store,
      Handlers handlers,
      EventIds ids,
      Executor callbacks,
      InboxMetrics metrics,
      int capacity) {
    this.database = database;
    this.store = store;
    this.handlers = handlers;
    this.ids = ids;
    this.callbacks = callbacks;
    this.metrics = metrics;
    this.queue = new GroupCommit<>("inbox-append", capacity, BATCH, this::write);
  }

  /** Calls back after the commit that stored the event. */
  void append(NewEvent event, Callback callback) {
    if (!queue.offer(new Pending(event, callback))) {
      callback.failed(new StoreUnavailable("too many events wait for the event store"));
    }
  }

  private void write(List<Pending> batch) {
    List<InboxStore.Row> rows = new ArrayList<>(batch.size());
    for (Pending pending : batch) {
      NewEvent event = pending.event();
      rows.add(
          new InboxStore.Row(ids.next(), event, handlers.matching(event.source(), event.type())));
    }
    List<Pending> pending = List.copyOf(batch);
    try {
      List<Receipt> receipts = store(rows);
      answer(pending, receipts);
      wake(rows);
      metrics.stored(rows, receipts);
    } catch (SQLException | RuntimeException e) {
      if (pending.size() > 1 && isAboutData(e)) {
        // One row that the database refuses must not take its neighbours with it.
        pending.forEach(one -> write(List.of(one)));
      } else {
        fail(pending, e);
      }
    }
  }

  private List<Receipt> store(List<InboxStore.Row> rows) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.inTransaction(connection -> store.append(connection, rows));
      } catch (SQLException e) {
        if (attempt == TRIES || !state(e).startsWith("40")) {
          throw e;
        }
      }
    }
  }

  private void answer(List<Pending> pending, List<Receipt> receipts) {
    for (int from = 0; from < pending.size(); from += SLICE) {
      int start = from;
      int end = Math.min(from + SLICE, pending.size());
      callbacks.execute(
          () -> {
            for (int i = start; i < end; i++) {
              pending.get(i).callback().stored(receipts.get(i));
            }
          });
    }
  }

  private void wake(List<InboxStore.Row> rows) {
    Set<String> routes = new TreeSet<>();
    rows.forEach(row -> routes.addAll(row.handlers()));
    routes.forEach(handlers::wake);
  }

  private void fail(List<Pending> pending, Exception cause) {
    LOG.warn("inbox=append outcome=failed events={} error={}", pending.size(), cause.toString());
    Exception error =
        isAboutData(cause) ? cause : new StoreUnavailable("the event store does not answer", cause);
    List<Pending> all = new ArrayList<>(pending);
    if (error instanceof StoreUnavailable) {
      // Whoever queued behind them would wait for the same time-out again.
      all.addAll(queue.drain());
    }
    callbacks.execute(() -> all.forEach(one -> one.callback().failed(error)));
  }

  private static boolean isAboutData(Exception error) {
    return error instanceof SQLException sql
        && (state(sql).startsWith("22") || state(sql).startsWith("23"));
  }

  private static String state(SQLException error) {
    return error.getSQLState() == null ? "" : error.getSQLState();
  }

  @Override
  public void close() {
    queue.close();
    List<Pending> left = queue.drain();
    left.forEach(one -> one.callback().failed(new StoreUnavailable("the hub is stopping")));
  }
}
