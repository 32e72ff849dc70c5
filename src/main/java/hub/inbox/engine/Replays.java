package hub.inbox.engine;

import hub.db.Database;
import hub.db.Jdbc;
import hub.db.SqlStates;
import hub.inbox.db.EventFilter;
import hub.inbox.db.EventSearch;
import hub.inbox.db.EventState;
import hub.inbox.db.InboxStore;
import hub.inbox.db.SourceCounts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Runs events again with the current handler routes. Keeps the log of earlier attempts.
 * Thread-safe.
 *
 * @see ReplayPlan
 */
public final class Replays {
  /** Ids that one search returns. */
  private static final int PAGE = 10_000;

  /** Events in one transaction: few, so that their locks are short. */
  private static final int CHUNK = 500;

  /** A retry of the transaction succeeds after a deadlock or a lock time-out. */
  private static final int TRIES = 5;

  private final Database database;
  private final InboxStore store;
  private final Handlers handlers;
  private final Clock clock;

  public Replays(Database database, InboxStore store, Handlers handlers, Clock clock) {
    this.database = database;
    this.store = store;
    this.handlers = handlers;
    this.clock = clock;
  }

  /**
   * Runs one event again. Does nothing while it is being processed.
   *
   * @param by the operator's name, for the log of attempts
   * @return its state afterwards; empty: there is no such event
   * @throws NoHandlerException when no route takes it; it stays as it is
   */
  public Optional<EventState> replay(UUID id, String by) throws SQLException, NoHandlerException {
    List<ReplayedEvent> events = new ArrayList<>();
    List<PlannedReplay> done =
        inTransaction(
            connection -> {
              events.clear();
              events.addAll(ReplayTable.lock(connection, store, handlers, List.of(id)));
              List<PlannedReplay> planned = apply(connection, events, by);
              settleLanes(connection, events);
              return planned;
            });
    notifyHandlers(done);
    if (events.isEmpty()) {
      return Optional.empty();
    }
    ReplayedEvent event = events.get(0);
    if (event.handlers().isEmpty()) {
      throw new NoHandlerException(event.source(), event.type());
    }
    return Optional.of(done.isEmpty() ? event.state() : done.get(0).plan().after());
  }

  /**
   * Runs all events again that match the filter and were received before now, the oldest first.
   *
   * @param dryRun only counts
   * @param by as for {@link #replay}
   * @return how many events; without those that are being processed or have no handler
   */
  public long replayAll(EventFilter filter, boolean dryRun, String by) throws SQLException {
    Instant now = clock.instant();
    EventFilter past =
        filter.until().filter(end -> end.isBefore(now)).isPresent()
            ? filter
            : filter.withUntil(now);
    long count = 0;
    Optional<UUID> last = Optional.empty();
    List<UUID> ids;
    do {
      ids = ids(past.search(database.dialect(), EventSearch.Order.OLDEST_FIRST, last, PAGE));
      for (int from = 0; from < ids.size(); from += CHUNK) {
        List<UUID> chunk = ids.subList(from, Math.min(from + CHUNK, ids.size()));
        count += dryRun ? count(chunk, past) : run(chunk, past, by);
        last = Optional.of(chunk.get(chunk.size() - 1));
      }
    } while (ids.size() == PAGE);
    return count;
  }

  /**
   * The result of one step of a replay of many events.
   *
   * @param replayed events that were put back
   * @param last the next step continues after this event; empty: there is no next step
   */
  public record Progress(long replayed, Optional<UUID> last) {}

  /**
   * Runs the oldest events again that match the filter, in one transaction.
   *
   * @param after only events after this one
   * @param limit how many events, at most
   * @param by as for {@link #replay}
   */
  public Progress step(EventFilter filter, Optional<UUID> after, int limit, String by)
      throws SQLException {
    List<UUID> ids =
        ids(filter.search(database.dialect(), EventSearch.Order.OLDEST_FIRST, after, limit));
    if (ids.isEmpty()) {
      return new Progress(0, Optional.empty());
    }
    long replayed = run(ids, filter, by);
    return new Progress(
        replayed, ids.size() < limit ? Optional.empty() : Optional.of(ids.get(ids.size() - 1)));
  }

  private List<UUID> ids(EventSearch search) throws SQLException {
    return database.inTransaction(
        connection -> Jdbc.list(connection, search.sql(), Jdbc::id, search.values().toArray()));
  }

  private long count(List<UUID> chunk, EventFilter filter) throws SQLException {
    List<ReplayedEvent> events =
        database.inTransaction(connection -> ReplayTable.read(connection, handlers, chunk));
    return plan(stillMatching(events, filter)).size();
  }

  private long run(List<UUID> chunk, EventFilter filter, String by) throws SQLException {
    List<PlannedReplay> done =
        inTransaction(
            connection -> {
              List<ReplayedEvent> locked = ReplayTable.lock(connection, store, handlers, chunk);
              List<PlannedReplay> planned = apply(connection, stillMatching(locked, filter), by);
              settleLanes(connection, locked);
              return planned;
            });
    notifyHandlers(done);
    return done.size();
  }

  /** The lanes were opened for all events, also for those that are not run again. */
  private void settleLanes(Connection connection, List<ReplayedEvent> events) throws SQLException {
    store.settleLanes(connection, ReplayTable.lanes(events, handlers).keySet());
  }

  /** The state may have changed between the search and the lock. */
  private static List<ReplayedEvent> stillMatching(List<ReplayedEvent> events, EventFilter filter) {
    return events.stream()
        .filter(event -> filter.status().map(event.state()::equals).orElse(true))
        .toList();
  }

  private List<PlannedReplay> plan(List<ReplayedEvent> events) {
    return events.stream()
        .map(event -> new PlannedReplay(event, ReplayPlan.of(event.deliveries(), event.handlers())))
        .filter(replay -> replay.plan().runsSomething())
        .toList();
  }

  /** Writes the plans of the events that have something to run, and returns those plans. */
  private List<PlannedReplay> apply(Connection connection, List<ReplayedEvent> events, String by)
      throws SQLException {
    List<PlannedReplay> planned = plan(events);
    ReplayTable.write(connection, planned, by, handlers);
    store.adjust(connection, noLongerIgnored(planned));
    store.announce(connection, routes(planned));
    return planned;
  }

  private static Map<String, SourceCounts> noLongerIgnored(List<PlannedReplay> planned) {
    Map<String, SourceCounts> changes = new TreeMap<>();
    for (PlannedReplay replay : planned) {
      if (replay.event().deliveries().isEmpty()) {
        changes.merge(replay.event().source(), new SourceCounts(0, -1), SourceCounts::plus);
      }
    }
    return changes;
  }

  private static Set<String> routes(List<PlannedReplay> planned) {
    Set<String> routes = new TreeSet<>();
    for (PlannedReplay replay : planned) {
      routes.addAll(replay.plan().reset());
      routes.addAll(replay.plan().runNow());
      routes.addAll(replay.plan().add());
    }
    return routes;
  }

  private void notifyHandlers(List<PlannedReplay> planned) {
    routes(planned).forEach(handlers::notifyHandler);
  }

  private <T> T inTransaction(Database.Work<T> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.inTransaction(work);
      } catch (SQLException e) {
        if (attempt == TRIES || !(SqlStates.isDeadlock(e) || SqlStates.isLockTimeout(e))) {
          throw e;
        }
      }
    }
  }
}
