package hub.inbox.engine;

import hub.db.Database;
import hub.inbox.db.EventFilter;
import hub.inbox.db.EventSearch;
import hub.inbox.db.EventState;
import hub.inbox.db.InboxStore;
import hub.inbox.db.SourceCounts;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Runs events again, by the handler routes of today. The log of earlier attempts is kept.
 * Thread-safe.
 *
 * @see ReplayPlan
 */
public final class Replays {
  /** Ids looked up at a time. */
  private static final int PAGE = 10_000;

  /** Events in one transaction: few enough that nobody waits long for their locks. */
  private static final int CHUNK = 500;

  /** A deadlock or a lock that took too long is over when the transaction is tried again. */
  private static final int TRIES = 5;

  private static final String EVENTS =
      "SELECT id, source, type, ordering_key FROM inbox_event WHERE id = ANY (?) ORDER BY id";

  /** One replay of an event at a time, and not while it is deleted for its age. */
  private static final String LOCK_EVENTS = EVENTS + " FOR UPDATE";

  /**
   * Keeps claims off. Not those being processed: their lease is their lock, and whoever finishes
   * them must not wait for us while we wait for him.
   */
  private static final String LOCK_SHARES =
      """
      SELECT event_id, route FROM inbox_delivery
      WHERE event_id = ANY (?) AND status <> 'processing'
      ORDER BY event_id, route
      FOR UPDATE
      """;

  private static final String SHARES =
      "SELECT event_id, route, status FROM inbox_delivery WHERE event_id = ANY (?) ORDER BY event_id, route";

  /** With its key, which it was stored without if its handler did not ask for order then. */
  private static final String RESET =
      """
      UPDATE inbox_delivery
      SET status = 'received', attempts = 0, due_at = CURRENT_TIMESTAMP(3), finished_at = NULL, lease_token = NULL, run_by = ?,
          ordering_key = (SELECT e.ordering_key FROM inbox_event e WHERE e.id = inbox_delivery.event_id)
      WHERE event_id = ? AND route = ? AND status IN ('dead', 'done', 'retrying')
      """;

  private static final String HURRY =
      """
      UPDATE inbox_delivery SET due_at = LEAST(due_at, CURRENT_TIMESTAMP(3)), run_by = ?
      WHERE event_id = ? AND route = ? AND status = 'received'
      """;

  private static final String REMOVE =
      "DELETE FROM inbox_delivery WHERE event_id = ? AND route = ? AND status NOT IN ('done', 'processing')";

  private static final String ADD =
      """
      INSERT INTO inbox_delivery (run_by, event_id, route, source, ordering_key, status, attempts, due_at)
      VALUES (?, ?, ?, ?, ?, 'received', 0, CURRENT_TIMESTAMP(3))
      """;

  private record HandlerOfEvent(UUID event, String route) {}

  /**
   * An event as it stands.
   *
   * @param shares by route
   */
  private record ReplayedDelivery(
      UUID id,
      String source,
      String type,
      Optional<String> orderingKey,
      Map<String, EventState> shares) {
    EventState state() {
      return EventState.ofShares(shares.values());
    }
  }

  private record Step(ReplayedDelivery subject, ReplayPlan plan) {}

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
   * Runs one event again; does nothing to one that is being processed.
   *
   * @param by the operator's name, for the attempt's row
   * @return where it stands now; empty: there is no such event
   * @throws NoHandlerException when no route takes it, and it stays as it is
   */
  public Optional<EventState> replay(UUID id, String by) throws SQLException, NoHandlerException {
    List<ReplayedDelivery> subjects = new ArrayList<>();
    List<Step> done =
        inTransaction(
            connection -> {
              subjects.clear();
              subjects.addAll(lock(connection, List.of(id)));
              return apply(connection, subjects, by);
            });
    wake(done);
    if (subjects.isEmpty()) {
      return Optional.empty();
    }
    ReplayedDelivery subject = subjects.get(0);
    if (handlers.matching(subject.source(), subject.type()).isEmpty()) {
      throw new NoHandlerException(subject.source(), subject.type());
    }
    return Optional.of(done.isEmpty() ? subject.state() : done.get(0).plan().after());
  }

  /**
   * Runs all events again that the filter means and that were received before now, the oldest
   * first.
   *
   * @param dryRun only counts
   * @param by as for {@link #replay}
   * @return how many there are, without those that nothing can be done for: being processed, or
   *     without a handler
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
   * One step of a replay of many.
   *
   * @param replayed events that were put back
   * @param last behind which the next step goes on; empty: there is none
   */
  public record Progress(long replayed, Optional<UUID> last) {}

  /**
   * Runs the oldest events again that the filter means, in one transaction.
   *
   * @param behind only those behind this one
   * @param most events to look at
   * @param by as for {@link #replay}
   */
  public Progress step(EventFilter filter, Optional<UUID> behind, int most, String by)
      throws SQLException {
    List<UUID> ids =
        ids(filter.search(database.dialect(), EventSearch.Order.OLDEST_FIRST, behind, most));
    if (ids.isEmpty()) {
      return new Progress(0, Optional.empty());
    }
    long replayed = run(ids, filter, by);
    return new Progress(
        replayed, ids.size() < most ? Optional.empty() : Optional.of(ids.get(ids.size() - 1)));
  }

  private List<UUID> ids(EventSearch search) throws SQLException {
    return database.inTransaction(
        connection -> {
          try (PreparedStatement select = connection.prepareStatement(search.sql())) {
            search.bind(select);
            List<UUID> ids = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
              while (row.next()) {
                ids.add(row.getObject(1, UUID.class));
              }
            }
            return ids;
          }
        });
  }

  private long count(List<UUID> chunk, EventFilter filter) throws SQLException {
    List<ReplayedDelivery> subjects =
        database.inTransaction(
            connection -> {
              Map<UUID, ReplayedDelivery> read = events(connection, EVENTS, chunk);
              addShares(connection, read, chunk, Optional.empty());
              return List.copyOf(read.values());
            });
    return steps(stillMeant(subjects, filter)).size();
  }

  private long run(List<UUID> chunk, EventFilter filter, String by) throws SQLException {
    List<Step> done =
        inTransaction(
            connection -> apply(connection, stillMeant(lock(connection, chunk), filter), by));
    wake(done);
    return done.size();
  }

  /** Between the look and the lock others may have gone on. */
  private static List<ReplayedDelivery> stillMeant(
      List<ReplayedDelivery> subjects, EventFilter filter) {
    return subjects.stream()
        .filter(subject -> filter.status().map(subject.state()::equals).orElse(true))
        .toList();
  }

  private List<ReplayedDelivery> lock(Connection connection, List<UUID> ids) throws SQLException {
    Map<UUID, ReplayedDelivery> locked = events(connection, LOCK_EVENTS, ids);
    Set<HandlerOfEvent> ours = new HashSet<>();
    try (PreparedStatement select = connection.prepareStatement(LOCK_SHARES)) {
      select.setArray(1, array(connection, ids));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          ours.add(new HandlerOfEvent(row.getObject(1, UUID.class), row.getString(2)));
        }
      }
    }
    addShares(connection, locked, ids, Optional.of(ours));
    return List.copyOf(locked.values());
  }

  private static Map<UUID, ReplayedDelivery> events(
      Connection connection, String sql, List<UUID> ids) throws SQLException {
    Map<UUID, ReplayedDelivery> events = new LinkedHashMap<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setArray(1, array(connection, ids));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          UUID id = row.getObject(1, UUID.class);
          events.put(
              id,
              new ReplayedDelivery(
                  id,
                  row.getString(2),
                  row.getString(3),
                  Optional.ofNullable(row.getString(4)),
                  new LinkedHashMap<>()));
        }
      }
    }
    return events;
  }

  /**
   * @param locked those that nobody else can change; any other is in a handler's hands, or was
   *     until just now
   */
  private static void addShares(
      Connection connection,
      Map<UUID, ReplayedDelivery> events,
      List<UUID> ids,
      Optional<Set<HandlerOfEvent>> locked)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SHARES)) {
      select.setArray(1, array(connection, ids));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          HandlerOfEvent share = new HandlerOfEvent(row.getObject(1, UUID.class), row.getString(2));
          EventState state =
              locked.map(ours -> ours.contains(share)).orElse(true)
                  ? EventState.of(row.getString(3)).orElseThrow()
                  : EventState.PROCESSING;
          ReplayedDelivery event = events.get(share.event());
          if (event != null) {
            event.shares().put(share.route(), state);
          }
        }
      }
    }
  }

  private List<Step> steps(List<ReplayedDelivery> subjects) {
    return subjects.stream()
        .map(
            subject ->
                new Step(
                    subject,
                    ReplayPlan.of(
                        subject.shares(), handlers.matching(subject.source(), subject.type()))))
        .filter(step -> step.plan().runsSomething())
        .toList();
  }

  /** Writes the plans of those that have something to run, and answers them. */
  private List<Step> apply(Connection connection, List<ReplayedDelivery> subjects, String by)
      throws SQLException {
    List<Step> steps = steps(subjects);
    try (PreparedStatement reset = connection.prepareStatement(RESET);
        PreparedStatement hurry = connection.prepareStatement(HURRY);
        PreparedStatement remove = connection.prepareStatement(REMOVE);
        PreparedStatement add = connection.prepareStatement(ADD)) {
      for (Step step : steps) {
        UUID id = step.subject().id();
        reset.setString(1, by);
        queue(reset, 2, id, step.plan().reset());
        hurry.setString(1, by);
        queue(hurry, 2, id, step.plan().hurry());
        queue(remove, 1, id, step.plan().remove());
        add.setString(1, by);
        add.setString(4, step.subject().source());
        add.setString(5, step.subject().orderingKey().orElse(null));
        queue(add, 2, id, step.plan().add());
      }
      for (PreparedStatement statement : List.of(reset, hurry, remove, add)) {
        statement.executeBatch();
      }
    }
    store.adjust(connection, noLongerIgnored(steps));
    store.announce(connection, routes(steps));
    return steps;
  }

  /**
   * @param place of the event's id among the parameters; the route follows
   */
  private static void queue(PreparedStatement statement, int place, UUID event, List<String> routes)
      throws SQLException {
    for (String route : routes) {
      statement.setObject(place, event);
      statement.setString(place + 1, route);
      statement.addBatch();
    }
  }

  private static Map<String, SourceCounts> noLongerIgnored(List<Step> steps) {
    Map<String, SourceCounts> changes = new TreeMap<>();
    for (Step step : steps) {
      if (step.subject().shares().isEmpty()) {
        changes.merge(step.subject().source(), new SourceCounts(0, -1), SourceCounts::plus);
      }
    }
    return changes;
  }

  private static Set<String> routes(List<Step> steps) {
    Set<String> routes = new TreeSet<>();
    for (Step step : steps) {
      routes.addAll(step.plan().reset());
      routes.addAll(step.plan().hurry());
      routes.addAll(step.plan().add());
    }
    return routes;
  }

  private void wake(List<Step> steps) {
    routes(steps).forEach(handlers::wake);
  }

  private <T> T inTransaction(Database.Work<T> work) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        return database.inTransaction(work);
      } catch (SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (attempt == TRIES || !(state.startsWith("40") || state.startsWith("HYT"))) {
          throw e;
        }
      }
    }
  }

  private static Array array(Connection connection, List<UUID> ids) throws SQLException {
    return connection.createArrayOf("uuid", ids.toArray());
  }
}
