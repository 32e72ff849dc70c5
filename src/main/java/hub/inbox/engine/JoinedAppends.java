package hub.inbox.engine;

import hub.db.Database;
import hub.db.StoreUnavailableException;
import hub.db.ThreadTransaction;
import hub.inbox.db.EventIds;
import hub.inbox.db.InboxStore;
import hub.inbox.db.Lane;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Outcome;
import hub.inbox.db.Receipt;
import hub.inbox.db.RoutedEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Appends within the transactions of handlers. They are kept in memory and stored right before the
 * commit: a lane is locked for that moment only, and whoever appends to it need not wait for the
 * handler. Thread-safe.
 */
final class JoinedAppends {
  /** Bounds of one statement. */
  private static final int MAX_EVENTS = 256;

  private static final int MAX_BYTES = 8 << 20;

  /**
   * An event that a step appended.
   *
   * @param receipt what the step was told
   */
  record Append(RoutedEvent event, Receipt receipt) {
    private boolean isOf(NewEvent other) {
      NewEvent mine = event.event();
      return mine.providerEventId().equals(other.providerEventId())
          && mine.source().equals(other.source());
    }
  }

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final HandlerDirectory directory;
  private final EventIds ids;
  private final InboxMetrics metrics;

  /**
   * @param store {@link InboxStore#joining}
   */
  JoinedAppends(
      Database database,
      InboxStore store,
      Handlers handlers,
      HandlerDirectory directory,
      EventIds ids,
      InboxMetrics metrics) {
    this.database = database;
    this.store = store;
    this.handlers = handlers;
    this.directory = directory;
    this.ids = ids;
    this.metrics = metrics;
  }

  /** Keeps the event for {@link #write}. */
  Receipt append(ThreadTransaction transaction, NewEvent event) throws SQLException {
    Optional<String> noRoom = database.noRoom();
    if (noRoom.isPresent()) {
      throw new StoreUnavailableException(noRoom.get());
    }
    directory.requireKnown();
    RoutedEvent routed =
        new RoutedEvent(ids.next(), event, handlers.matching().routes(new Decisions(event)));
    Optional<UUID> first = keptId(transaction, event);
    if (first.isEmpty()) {
      first = store.findEvent(transaction.connection(), event);
    }
    Receipt receipt = new Receipt(first.orElse(routed.id()), first.isPresent());
    transaction.keep(new Append(routed, receipt));
    return receipt;
  }

  private static Optional<UUID> keptId(ThreadTransaction transaction, NewEvent event) {
    return transaction.kept(Append.class).stream()
        .filter(one -> one.isOf(event))
        .findFirst()
        .map(one -> one.receipt().id());
  }

  /**
   * Stores what is kept.
   *
   * @param outcomes of the transaction, which are written next
   * @throws IllegalStateException when somebody else has stored one of the events since its step
   *     looked: the step was told something else
   */
  List<Append> write(ThreadTransaction transaction, List<Outcome> outcomes) throws SQLException {
    List<Append> all = transaction.kept(Append.class);
    List<Append> fresh = all.stream().filter(one -> !one.receipt().duplicate()).toList();
    lockLanes(transaction.connection(), fresh, outcomes);
    List<Append> batch = new ArrayList<>();
    long bytes = 0;
    for (Append one : fresh) {
      batch.add(one);
      bytes += one.event().event().payload().length;
      if (batch.size() == MAX_EVENTS || bytes >= MAX_BYTES) {
        store(transaction.connection(), batch);
        batch.clear();
        bytes = 0;
      }
    }
    store(transaction.connection(), batch);
    return all;
  }

  /**
   * Locks also the lanes of the outcomes: two transactions that add to each other's lanes would
   * otherwise wait for each other.
   */
  private void lockLanes(Connection connection, List<Append> fresh, List<Outcome> outcomes)
      throws SQLException {
    List<Lane> added = fresh.stream().flatMap(this::sharedLanes).toList();
    if (!added.isEmpty()) {
      Stream<Lane> finished = outcomes.stream().flatMap(one -> one.lane().stream());
      store.lockLanes(connection, Stream.concat(added.stream(), finished).distinct().toList());
    }
  }

  /** Nobody else has the lane of an event without an ordering key. */
  private Stream<Lane> sharedLanes(Append append) {
    Optional<String> key = append.event().event().orderingKey();
    return append.event().handlers().stream()
        .filter(route -> key.isPresent())
        .flatMap(route -> handlers.lane(route, key, append.event().id()).stream());
  }

  private void store(Connection connection, List<Append> batch) throws SQLException {
    if (batch.isEmpty()) {
      return;
    }
    List<Receipt> receipts = store.append(connection, batch.stream().map(Append::event).toList());
    for (int i = 0; i < batch.size(); i++) {
      if (!receipts.get(i).equals(batch.get(i).receipt())) {
        NewEvent event = batch.get(i).event().event();
        throw new IllegalStateException(
            "event %s of source %s, which the handler appends, was stored by somebody else meanwhile"
                .formatted(event.providerEventId(), event.source()));
      }
    }
  }

  /** Call it after the commit. */
  void committed(List<Append> appends) {
    if (appends.isEmpty()) {
      return;
    }
    appends.stream()
        .flatMap(one -> one.event().handlers().stream())
        .distinct()
        .forEach(handlers::notifyHandler);
    metrics.stored(
        appends.stream().map(Append::event).toList(),
        appends.stream().map(Append::receipt).toList());
  }
}
