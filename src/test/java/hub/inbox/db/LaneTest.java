package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Settings;
import hub.db.Database;
import hub.db.Jdbc;
import hub.inbox.engine.LeasedBytes;
import hub.testing.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Events of one key at an ordered handler, by the statements of the store alone. */
@Tag("postgres")
@Tag("waits")
class LaneTest {
  private static final String ROUTE = "in-order";
  private static final Duration LEASE = Duration.ofMinutes(1);

  @TempDir Path folder;

  private final EventIds ids = new EventIds(Clock.systemUTC());

  /** One node at its store. */
  private record Node(Database database, InboxStore inbox) implements AutoCloseable {
    <T> T run(Database.Work<T> work) throws SQLException {
      return database.inTransaction(work);
    }

    List<Delivery> claim(int depth, Duration lease) throws SQLException {
      return run(
          c ->
              inbox.claim(
                  c,
                  new ClaimQuery(
                      ROUTE, true, depth, 10, LeasedBytes.CLAIM, true, 10, true, lease)));
    }

    List<String> claim(int depth) throws SQLException {
      return texts(claim(depth, LEASE));
    }

    Delivery claimOne() throws SQLException {
      ClaimQuery one = new ClaimQuery(ROUTE, true, 1, 1, LeasedBytes.CLAIM, true, 1, true, LEASE);
      return run(c -> inbox.claim(c, one)).get(0);
    }

    Optional<Delivery> takeOver() throws SQLException {
      ClaimQuery alone = new ClaimQuery(ROUTE, true, 1, 1, LeasedBytes.CLAIM, true, 1, true, LEASE);
      return run(c -> inbox.takeOver(c, alone));
    }

    Set<UUID> renew(Delivery... leased) throws SQLException {
      return run(c -> inbox.renew(c, ROUTE, List.of(leased), LEASE));
    }

    boolean isAnyAbandoned() throws SQLException {
      return run(c -> inbox.isAnyAbandoned(c, ROUTE));
    }

    int arrange(boolean ordered) throws SQLException {
      return run(c -> inbox.arrangeLanes(c, ROUTE, ordered));
    }

    long millisUntilDueLater() throws SQLException {
      return run(c -> inbox.millisUntilDue(c, ROUTE, true, true));
    }

    void finish(Outcome... outcomes) throws SQLException {
      run(c -> inbox.finish(c, List.of(outcomes)));
    }

    long lanes() throws SQLException {
      return number("SELECT count(*) FROM inbox_lane");
    }

    long number(String sql) throws SQLException {
      return run(c -> Jdbc.first(c, sql, row -> row.getLong(1)).orElseThrow());
    }

    void update(String sql, Object... parameters) throws SQLException {
      run(c -> Jdbc.update(c, sql, parameters));
    }

    @Override
    public void close() {
      database.close();
    }
  }

  private static List<String> texts(List<Delivery> deliveries) {
    return deliveries.stream().map(Delivery::providerEventId).toList();
  }

  private Node node(Store store) throws IOException {
    Map<String, String> settings = new HashMap<>(store.migrated(folder));
    settings.put("hub.data-dir", folder.toString());
    return new Node(
        Database.open(new Settings(key -> Optional.ofNullable(settings.get(key)))),
        store == Store.H2
            ? new H2Inbox(ROUTE::equals)
            // Each claim looks at all, however slow the machine is.
            : new PostgresInbox((short) 0, ROUTE::equals, new DueFloor(() -> 0, DueFloor.MARGIN)));
  }

  /** Stores events named after their key, such as {@code a1}; a name without a letter has none. */
  private void append(Node node, String... names) throws SQLException {
    node.run(c -> node.inbox().append(c, events(names)));
  }

  private List<RoutedEvent> events(String... names) {
    List<RoutedEvent> events = new ArrayList<>();
    for (String name : names) {
      Optional<String> key =
          Optional.of(name.replaceAll("\\d", "")).filter(letters -> !letters.isEmpty());
      events.add(
          new RoutedEvent(
              ids.next(),
              new NewEvent("shop", name, "order", key, Instant.now(), "{}", new byte[] {1}, false),
              List.of(ROUTE)));
    }
    return events;
  }

  private static Outcome done(Delivery one) {
    return Outcome.done(one, ROUTE, Instant.now(), 1, Optional.empty());
  }

  private static Outcome retry(Delivery one, Duration delay) {
    return Outcome.retry(one, ROUTE, Instant.now(), 1, "failed", delay);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_claim_takes_the_oldest_of_each_lane_and_holds_the_lane(Store store) throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "b1", "a2", "1", "a3", "a4", "2");

      List<Delivery> claimed = node.claim(3, LEASE);
      assertThat(texts(claimed)).containsExactlyInAnyOrder("a1", "b1", "1", "2", "a2", "a3");
      assertThat(texts(claimed).subList(0, 4))
          .as("the first of all lanes before the second of one")
          .containsExactlyInAnyOrder("a1", "b1", "1", "2");
      assertThat(claimed).extracting(Delivery::token).containsOnly(claimed.get(0).token());
      assertThat(claimed)
          .filteredOn(one -> one.providerEventId().startsWith("a"))
          .isSortedAccordingTo((x, y) -> Long.compare(x.sequence(), y.sequence()));
      assertThat(claimed)
          .as("only the first of a lane has started")
          .allMatch(one -> one.started() == !List.of("a2", "a3").contains(one.providerEventId()));
      assertThat(node.claim(3)).as("the lanes are held").isEmpty();
      append(node, "a5", "b2");
      assertThat(node.claim(3)).as("also for what comes later").isEmpty();

      for (Delivery one : claimed) {
        node.finish(done(one));
      }
      assertThat(node.claim(3)).containsExactlyInAnyOrder("a4", "b2", "a5");
      assertThat(node.lanes()).as("empty lanes are gone").isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void lanes_are_claimed_by_the_age_of_their_oldest_events(Store store) throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "a2");
      node.update("UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP - INTERVAL '10' MINUTE");
      Delivery first = node.claimOne();
      append(node, "b1");
      node.update(
          "UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP - INTERVAL '0.5' SECOND WHERE ordering_key = 'b'");

      node.finish(done(first));

      assertThat(node.claimOne().providerEventId())
          .as("else a key of many events falls behind the others")
          .isEqualTo("a2");
      assertThat(node.claimOne().providerEventId()).isEqualTo("b1");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_lane_that_waits_for_a_retry_keeps_its_place_and_holds_up_no_other(Store store)
      throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "a2", "b1");
      Map<String, Delivery> claimed = new HashMap<>();
      node.claim(2, LEASE).forEach(one -> claimed.put(one.providerEventId(), one));

      node.finish(
          retry(claimed.get("a1"), Duration.ofHours(1)),
          Outcome.released(claimed.get("a2"), ROUTE),
          done(claimed.get("b1")));

      append(node, "a3", "b2");
      List<Delivery> other = node.claim(5, LEASE);
      assertThat(texts(other)).containsExactly("b2");
      node.finish(done(other.get(0)));
      assertThat(node.millisUntilDueLater()).isBetween(3_500_000L, 3_600_000L);
      node.update("UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP WHERE status = 'retrying'");
      node.update("UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP WHERE lease_token IS NULL");
      assertThat(node.claim(5)).containsExactly("a1", "a2", "a3");
      assertThat(node.number("SELECT max(attempts) FROM inbox_delivery")).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_next_of_a_lane_comes_after_the_last_of_a_claim_and_a_lost_lease_changes_nothing(
      Store store) throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "a2", "a3");
      List<Delivery> lost = node.claim(2, Duration.ofMillis(1));
      TimeUnit.MILLISECONDS.sleep(20);
      node.update("UPDATE inbox_delivery SET begun = FALSE");
      List<Delivery> taken = node.claim(2, LEASE);
      assertThat(texts(taken)).containsExactly("a1", "a2");
      assertThat(taken).extracting(Delivery::attempt).as("nobody had started").containsOnly(1);

      node.finish(done(lost.get(0)), done(lost.get(1)));
      assertThat(node.number("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")).isZero();
      assertThat(node.claim(5)).as("the lane is still held").isEmpty();
      node.finish(done(taken.get(0)));
      assertThat(node.claim(5)).as("the second is still in hand").isEmpty();
      node.finish(done(taken.get(1)));
      assertThat(node.claim(5)).containsExactly("a3");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_a_dead_process_had_started_is_taken_over_alone_and_its_lane_waits(Store store)
      throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "a2", "b1");
      node.claim(2, Duration.ofMillis(1));
      node.update("UPDATE inbox_delivery SET begun = FALSE WHERE ordering_key = 'b'");
      TimeUnit.MILLISECONDS.sleep(20);

      assertThat(node.claim(5)).as("nobody knows what a1 did to its process").containsExactly("b1");
      assertThat(node.isAnyAbandoned()).isTrue();
      Delivery taken = node.takeOver().orElseThrow();
      assertThat(taken.providerEventId()).isEqualTo("a1");
      assertThat(taken.attempt()).isEqualTo(2);
      assertThat(node.claim(5)).isEmpty();
      assertThat(node.takeOver()).isEmpty();
      node.finish(done(taken));
      assertThat(node.claim(5)).containsExactly("a2");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_slow_event_that_a_dead_process_had_started_behind_a_quick_one_is_taken_over_alone(
      Store store) throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "a2");
      node.claim(2, Duration.ofMillis(1));
      node.update(
          "UPDATE inbox_delivery SET begun = sequence = (SELECT max(sequence) FROM inbox_event)");
      TimeUnit.MILLISECONDS.sleep(20);

      assertThat(node.claim(5)).isEmpty();
      Delivery taken = node.takeOver().orElseThrow();
      assertThat(taken.providerEventId()).isEqualTo("a2");
      node.finish(done(taken));
      assertThat(node.claim(5)).containsExactly("a1");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_repeated_event_leaves_no_lane(Store store) throws Exception {
    try (Node node = node(store)) {
      append(node, "a1");
      node.finish(done(node.claim(1, LEASE).get(0)));
      assertThat(node.lanes()).isZero();

      append(node, "a1");
      assertThat(node.lanes()).isZero();
      assertThat(node.claim(1)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_route_that_asks_for_another_order_takes_its_events_along(Store store) throws Exception {
    try (Node node = node(store)) {
      append(node, "a1");
      append(node, "a2", "1");
      assertThat(node.arrange(true)).isZero();
      node.arrange(false);
      assertThat(node.lanes()).isZero();
      ClaimQuery unordered =
          new ClaimQuery(ROUTE, false, 1, 1, LeasedBytes.CLAIM, true, 1, true, LEASE);
      Delivery first = node.run(c -> node.inbox().claim(c, unordered)).get(0);
      assertThat(first.providerEventId()).isEqualTo("a1");
      assertThat(first.lane()).isEmpty();

      assertThat(node.arrange(true)).isEqualTo(2);
      assertThat(node.claim(5)).as("a1 is still in somebody's hands").containsExactly("1");
      node.finish(done(first));
      node.update("UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP WHERE ordering_key = 'a'");
      node.update("UPDATE inbox_lane SET lease_token = NULL WHERE ordering_key = 'a'");
      assertThat(node.claim(5)).containsExactly("a2");
      assertThat(node.arrange(true)).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_older_event_that_comes_back_is_first_and_waits_for_the_one_that_runs(Store store)
      throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "a2");
      List<Delivery> claimed = node.claim(1, LEASE);
      node.finish(done(claimed.get(0)));
      Delivery second = node.claim(1, LEASE).get(0);
      long number = claimed.get(0).sequence();
      node.run(
          c -> {
            node.inbox().openLanes(c, Map.of(new Lane(ROUTE, "a"), number));
            return Jdbc.update(
                c,
                "UPDATE inbox_delivery SET status = 'received', due_at = CURRENT_TIMESTAMP, finished_at = NULL WHERE status = 'done'");
          });
      append(node, "a3");
      assertThat(node.claim(5)).isEmpty();
      node.finish(done(second));
      assertThat(node.claim(5)).containsExactly("a1", "a3");
    }
  }

  /** Otherwise the event would wait in a lane that nobody claims. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void an_append_waits_for_the_end_that_empties_its_lane(Store store) throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Node node = node(store);
        Connection ending = node.database().dataSource().getConnection()) {
      append(node, "a1");
      Delivery only = node.claim(1, LEASE).get(0);
      ending.setAutoCommit(false);
      node.inbox().finish(ending, List.of(done(only)));

      Future<?> append =
          other.submit(
              () -> {
                append(node, "a2");
                return null;
              });
      assertThatThrownBy(() -> append.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      ending.commit();
      append.get(10, TimeUnit.SECONDS);

      assertThat(node.claim(1)).containsExactly("a2");
    } finally {
      other.shutdownNow();
    }
  }

  /** Otherwise a number could appear in a lane after a higher one had been handled. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void a_number_is_drawn_when_every_lane_is_locked(Store store) throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (Node node = node(store);
        Connection first = node.database().dataSource().getConnection()) {
      append(node, "a1", "b1");
      first.setAutoCommit(false);
      node.inbox().openLanes(first, Map.of(new Lane(ROUTE, "b"), 0L));

      Future<?> append =
          other.submit(
              () -> {
                append(node, "c2", "a2", "b2");
                return null;
              });
      assertThatThrownBy(() -> append.get(300, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      long drawn =
          Jdbc.first(first, "VALUES (NEXTVAL('inbox_sequence'))", row -> row.getLong(1))
              .orElseThrow();
      first.commit();
      append.get(10, TimeUnit.SECONDS);

      assertThat(
              node.number(
                  "SELECT min(sequence) FROM inbox_event WHERE provider_event_id IN ('a2', 'b2', 'c2')"))
          .isGreaterThan(drawn);
    } finally {
      other.shutdownNow();
    }
  }

  /** The number is drawn under the lane's lock, whichever event came to its node first. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void the_order_is_that_of_the_store_and_not_of_the_nodes_clocks(Store store) throws Exception {
    try (Node node = node(store)) {
      List<RoutedEvent> early = events("a1");
      append(node, "a2");
      node.run(c -> node.inbox().append(c, early));

      assertThat(node.claim(5)).containsExactly("a2", "a1");
      UUID first = early.get(0).id();
      assertThat(node.number("SELECT count(*) FROM inbox_event WHERE id > '" + first + "'"))
          .as("the one stored first has the later id")
          .isEqualTo(1);
    }
  }

  private static InboxStore withoutOrder(Store store) {
    return store == Store.H2
        ? new H2Inbox(route -> false)
        : new PostgresInbox((short) 0, route -> false);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_older_event_that_enters_a_lane_late_is_first(Store store) throws Exception {
    try (Node node = node(store)) {
      List<RoutedEvent> older = events("a1");
      node.run(c -> withoutOrder(store).append(c, older));
      append(node, "a2");
      assertThat(node.arrange(true)).isZero();

      assertThat(node.claim(5)).containsExactly("a1", "a2");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void who_lost_a_lane_keeps_nothing_of_it(Store store) throws Exception {
    try (Node node = node(store)) {
      append(node, "a1", "a2");
      List<Delivery> lost = node.claim(2, Duration.ofMillis(1));
      TimeUnit.MILLISECONDS.sleep(20);
      Delivery taken = node.takeOver().orElseThrow();
      assertThat(taken.providerEventId()).isEqualTo("a1");

      assertThat(node.renew(lost.get(0), lost.get(1))).isEmpty();
      assertThat(node.renew(taken)).containsExactly(taken.eventId());
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void empty_lanes_hold_up_no_claim(Store store) throws Exception {
    try (Node node = node(store)) {
      Map<Lane, Long> empty = new HashMap<>();
      for (int i = 0; i < 60; i++) {
        empty.put(new Lane(ROUTE, "empty" + i), 1L);
      }
      node.run(
          c -> {
            node.inbox().openLanes(c, empty);
            return Jdbc.update(
                c, "UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP - INTERVAL '1' HOUR");
          });
      append(node, "a1");

      assertThat(node.claim(1)).containsExactly("a1");
      assertThat(node.lanes()).as("a claim takes ten lanes at a time").isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void odd_keys_are_keys(Store store) throws Exception {
    List<String> keys =
        List.of(
            "x".repeat(255),
            "it's",
            "\"q\"",
            "@",
            "@@",
            "\uFFE5",
            "\uD83D\uDE00",
            "{a,b}",
            "NULL",
            "\\",
            " ",
            "a ",
            "");
    try (Node node = node(store)) {
      List<RoutedEvent> all = new ArrayList<>();
      for (int i = 0; i < 3 * keys.size(); i++) {
        NewEvent event =
            new NewEvent(
                "shop",
                "e" + i,
                "order",
                Optional.of(keys.get(i % keys.size())),
                Instant.now(),
                "{}",
                new byte[] {1},
                false);
        all.add(new RoutedEvent(ids.next(), event, List.of(ROUTE)));
      }
      node.run(c -> node.inbox().append(c, all));
      int handled = 0;
      for (List<Delivery> some = node.claim(3, LEASE);
          !some.isEmpty();
          some = node.claim(3, LEASE)) {
        handled += some.size();
        node.finish(some.stream().map(LaneTest::done).toArray(Outcome[]::new));
      }
      assertThat(handled).isEqualTo(all.size());
      assertThat(node.lanes()).isZero();
    }
  }
}
