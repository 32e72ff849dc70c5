package hub.inbox.engine;

import hub.db.Database;
import hub.db.SqlStates;
import hub.inbox.db.ArrivalTable;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Receipt;
import hub.inbox.db.RoutedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Stores the events of a batch of appends in one transaction. Thread-safe. */
final class AppendTransaction {
  /** A retry of the transaction succeeds after a deadlock or a lost race between nodes. */
  private static final int TRIES = 3;

  /**
   * What was committed.
   *
   * @param appends those whose events are stored; the others are refused for their token
   * @param events of these appends, in their order
   * @param receipts of the events
   * @param replayed routes that get a dead event again
   */
  record Stored(
      List<PendingAppend> appends,
      List<RoutedEvent> events,
      List<Receipt> receipts,
      Set<String> replayed) {}

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final EventIds ids;

  AppendTransaction(Database database, InboxStore store, Handlers handlers, EventIds ids) {
    this.database = database;
    this.store = store;
    this.handlers = handlers;
    this.ids = ids;
  }

  Stored store(List<PendingAppend> batch) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.inTransaction(connection -> store(connection, batch));
      } catch (SQLException e) {
        if (attempt == TRIES || !SqlStates.isDeadlock(e)) {
          throw e;
        }
      }
    }
  }

  private Stored store(Connection connection, List<PendingAppend> batch) throws SQLException {
    List<PendingAppend> appends = ReplayGuard.admitted(connection, store, batch);
    List<RoutedEvent> events = routed(appends);
    if (events.isEmpty()) {
      return new Stored(appends, events, List.of(), Set.of());
    }
    List<Receipt> receipts = store.append(connection, events);
    ArrivalTable.mark(connection, events, receipts);
    Set<String> replayed = SenderReplay.replayDead(connection, store, handlers, events, receipts);
    store.announce(connection, replayed);
    return new Stored(appends, events, receipts, replayed);
  }

  private List<RoutedEvent> routed(List<PendingAppend> appends) {
    List<RoutedEvent> events = new ArrayList<>(appends.size());
    for (PendingAppend append : appends) {
      for (Decisions decisions : append.decisions()) {
        events.add(
            new RoutedEvent(ids.next(), decisions.event(), handlers.matching().routes(decisions)));
      }
    }
    return events;
  }
}
