package hub.inbox.simulation;

import hub.db.Jdbc;
import hub.inbox.db.Delivery;
import hub.inbox.db.Lane;
import hub.inbox.db.ReplayKey;
import hub.inbox.engine.Lease;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** What the handlers did, and what must always hold of it and of the tables. */
final class Ledger {
  private static final String ROW =
      "SELECT status || ' ' || CAST(lease_token AS varchar) FROM inbox_delivery WHERE event_id = ? AND route = ?";

  private static final String BEGUN =
      "SELECT 1 FROM inbox_delivery WHERE event_id = ? AND route = ? AND lease_token = ? AND begun";

  private static final String OLDER =
      "SELECT event_id FROM inbox_delivery WHERE lane = ? AND route = ? AND sequence < ? AND woken_at IS NULL";

  /** The log has an entry of each outcome that was written. */
  private static final String ENDED_TWICE =
      """
      SELECT event_id FROM inbox_delivery
      WHERE woken_at IS NULL AND REGEXP_LIKE(attempt_log, '"outcome":"(done|dead)".*"outcome":', 'n')
      """;

  private static final String MISSING_LANES =
      """
      SELECT COUNT(*) FROM inbox_delivery d
      WHERE d.lane IS NOT NULL
        AND NOT EXISTS (
          SELECT 1 FROM inbox_lane l
          WHERE l.route = d.route AND l.ordering_key = d.lane AND l.head <= d.sequence)
      """;

  /** Of the requests with several events, whose ids are numbered. */
  private static final String STORED =
      "SELECT provider_event_id FROM inbox_event WHERE provider_event_id LIKE '%:%'";

  private static final Map<String, String> AT_THE_END =
      new TreeMap<>(
          Map.of(
              "a delivery is not finished",
              "SELECT COUNT(*) FROM inbox_delivery WHERE status NOT IN ('done', 'dead')",
              "a finished delivery is under a lease or due",
              "SELECT COUNT(*) FROM inbox_delivery WHERE lease_token IS NOT NULL OR due_at IS NOT NULL OR finished_at IS NULL",
              "a lane is left",
              "SELECT COUNT(*) FROM inbox_lane",
              "the count of stored events is wrong",
              "SELECT (SELECT COALESCE(SUM(stored), 0) FROM inbox_tally) - (SELECT COUNT(*) FROM inbox_event)",
              "the count of ignored events is wrong",
              """
          SELECT (SELECT COALESCE(SUM(ignored), 0) FROM inbox_tally)
            - (SELECT COUNT(*) FROM inbox_event e WHERE NOT EXISTS (SELECT 1 FROM inbox_delivery d WHERE d.event_id = e.id))
          """));

  private record Key(UUID event, String route) {}

  /**
   * What a handler is doing.
   *
   * @param alone its last attempt had begun when its process died
   */
  private record Effect(Key key, int node, Lease lease, Delivery delivery, boolean alone) {
    boolean isBeside(Effect other) {
      return node == other.node && key.route().equals(other.key.route());
    }

    boolean isInLaneOf(Effect other) {
      return key.equals(other.key)
          || (delivery.lane().isPresent() && delivery.lane().equals(other.delivery.lane()));
    }

    @Override
    public String toString() {
      return delivery.providerEventId() + " at " + key.route() + " on node " + node;
    }
  }

  private final Baton baton;
  private final SimulatedDatabase database;
  private final List<SimulatedRequest> requests = new ArrayList<>();
  private final List<Effect> open = new ArrayList<>();
  private final Map<Lane, Long> lastFirst = new HashMap<>();
  private final Set<Key> begun = new HashSet<>();
  private final Map<Key, UUID> decided = new HashMap<>();
  private final Set<Key> abandoned = new HashSet<>();
  private final Set<UUID> replayed = new HashSet<>();
  private int effects;

  Ledger(Baton baton, SimulatedDatabase database) {
    this.baton = baton;
    this.database = database;
  }

  int effects() {
    return effects;
  }

  /** A sender is going to send it. */
  void expects(SimulatedRequest request) {
    requests.add(request);
  }

  /** An event that an operator or its sender runs again has no place in its lane's order. */
  void replays(UUID event) {
    replayed.add(event);
  }

  /** A handler acts for an event, just after its lease was found to hold. */
  void begin(String route, Delivery delivery, Lease lease, int node) {
    Key key = new Key(delivery.eventId(), route);
    effects++;
    baton.note("effect of " + delivery.providerEventId() + ", attempt " + delivery.attempt());
    Effect effect = new Effect(key, node, lease, delivery, abandoned.remove(key));
    requireOwned(effect);
    for (Effect other : open) {
      if (effect.isInLaneOf(other) && other.lease().holds()) {
        baton.violated(effect + " begins within the lease of " + other);
      }
      if (effect.isBeside(other) && (effect.alone() || other.alone())) {
        baton.violated(effect + " and " + other + ": one brought its process down before");
      }
    }
    if (first(
            "SELECT 1 FROM inbox_delivery WHERE event_id = ? AND route = ? AND woken_at IS NOT NULL",
            key.event(),
            route)
        .isPresent()) {
      replays(key.event());
    }
    if (begun.add(key) && delivery.lane().isPresent() && !replayed.contains(key.event())) {
      requireInOrder(delivery);
    }
    open.add(effect);
  }

  private void requireOwned(Effect effect) {
    String row = first(ROW, effect.key().event(), effect.key().route()).orElse("no row");
    if (!row.equals("processing " + effect.delivery().token())) {
      baton.violated(
          "%s runs under a lease that holds, but its row says %s"
              .formatted(effect, row.replaceFirst(" .*", "")));
    }
  }

  private void requireInOrder(Delivery delivery) {
    Lane lane = delivery.lane().orElseThrow();
    long before = lastFirst.merge(lane, delivery.sequence(), Math::max);
    if (before > delivery.sequence()) {
      baton.violated(
          "%s begins in %s after one with a higher number"
              .formatted(delivery.providerEventId(), lane));
    }
    for (UUID older : all(OLDER, Jdbc::id, lane.key(), lane.route(), delivery.sequence())) {
      Key key = new Key(older, lane.route());
      if (!delivery.token().equals(decided.get(key)) && !replayed.contains(older)) {
        baton.violated(
            "%s begins in %s before the end of %s, which is older"
                .formatted(delivery.providerEventId(), lane, older));
      }
    }
  }

  /**
   * The handler has ended.
   *
   * @param finishes it says that the event need not come again
   */
  void end(String route, Delivery delivery, boolean finishes) {
    Key key = new Key(delivery.eventId(), route);
    open.stream()
        .filter(one -> one.delivery().equals(delivery) && one.lease().holds())
        .forEach(this::requireOwned);
    open.removeIf(one -> one.delivery().equals(delivery));
    if (finishes) {
      decided.put(key, delivery.token());
    }
  }

  void crashed(int node) {
    for (Effect effect : open) {
      if (effect.node() == node
          && first(BEGUN, effect.key().event(), effect.key().route(), effect.delivery().token())
              .isPresent()) {
        abandoned.add(effect.key());
      }
    }
    open.removeIf(effect -> effect.node() == node);
  }

  /** After each commit. */
  void checkCommit() {
    if (!first(MISSING_LANES).orElseThrow().equals("0")) {
      baton.violated("an event waits in no lane, or before the head of its lane");
    }
    requireWhole();
  }

  private void requireWhole() {
    Set<String> stored = new TreeSet<>(all(STORED, row -> row.getString(1)));
    for (SimulatedRequest one : requests) {
      long count = one.ids().stream().filter(stored::contains).count();
      if (count > 0 && count < one.ids().size()) {
        baton.violated(one.name() + " is stored in part");
      }
    }
  }

  /** Nothing is left to do, not even an empty lane to remove. */
  boolean isAllFinished() {
    return first(
            "SELECT (SELECT COUNT(*) FROM inbox_delivery WHERE due_at IS NOT NULL) + (SELECT COUNT(*) FROM inbox_lane)")
        .orElseThrow()
        .equals("0");
  }

  /**
   * When no work is left.
   *
   * @param acknowledged names of requests; the senders of the others were refused
   */
  void checkEnd(Set<String> acknowledged) {
    AT_THE_END.forEach(
        (fault, query) -> {
          String count = first(query).orElseThrow();
          if (!count.equals("0")) {
            baton.violated(fault + ": " + count);
          }
        });
    all(ENDED_TWICE, Jdbc::id).stream()
        .filter(id -> !replayed.contains(id))
        .forEach(id -> baton.violated(id + " had another outcome after it had ended"));
    Set<ReplayKey> spent = new HashSet<>();
    for (SimulatedRequest one : requests) {
      boolean isAcknowledged = acknowledged.contains(one.name());
      if (isStored(one) != isAcknowledged) {
        baton.violated(one.name() + (isAcknowledged ? " is lost" : " was refused and is stored"));
      }
      if (isAcknowledged && one.replayKey().isPresent() && !spent.add(one.replayKey().get())) {
        baton.violated(one.name() + " is stored under a token that was spent");
      }
    }
    for (SimulatedRequest one : requests) {
      if (one.replayKey().isPresent() && !spent.contains(one.replayKey().get())) {
        baton.violated(one.name() + " was refused, and so was the other of its token");
      }
    }
  }

  private boolean isStored(SimulatedRequest request) {
    return request.ids().stream()
        .allMatch(
            id -> first("SELECT id FROM inbox_event WHERE provider_event_id = ?", id).isPresent());
  }

  private Optional<String> first(String query, Object... parameters) {
    return all(query, row -> row.getString(1), parameters).stream().findFirst();
  }

  private <T> List<T> all(String query, Jdbc.RowReader<T> reader, Object... parameters) {
    try {
      return Jdbc.list(database.prepare(database.checks(), query), reader, parameters);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
