package hub.monitoring.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import hub.call.policy.CallMinute;
import hub.catchup.CatchUpTable;
import hub.inbox.db.InboxTimes;
import hub.inbox.db.OrphanedDeliveries;
import hub.inbox.engine.InboxMinute;
import hub.monitoring.stats.MinuteStatsStore;
import hub.monitoring.stats.MinuteStatsStore.CallMinuteStats;
import hub.monitoring.stats.MinuteStatsStore.MinuteStats;
import hub.monitoring.stats.RecentFetches;
import hub.monitoring.stats.RecentInboxCounts;
import hub.testing.Hubs;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.File;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The measurements of all alert conditions, taken from the shared database. */
@Tag("postgres")
class ConditionsTest {
  private static final String NOTHING =
      """
      - route:
          id: nothing
          description: Does nothing.
          from:
            uri: direct:nothing
            steps:
              - stop: {}
      """;

  private static final Hubs HUBS =
      new Hubs(store -> TestHub.on(store).route("nothing", NOTHING).start());

  private SettableClock clock;
  private MinuteStatsStore minuteStats;
  private Measurements measurements;

  @AfterAll
  static void close() {
    HUBS.close();
  }

  @BeforeEach
  void forget() {
    clock = SettableClock.standing();
  }

  private void open(Store store) throws Exception {
    TestHub hub = HUBS.on(store);
    hub.update("DELETE FROM figure");
    hub.update("DELETE FROM call_figure");
    hub.update("DELETE FROM inbox_event");
    hub.update("DELETE FROM inbox_handler");
    hub.update("DELETE FROM poll_cursor");
    hub.update("DELETE FROM catch_up");
    hub.update("DELETE FROM catch_up_run");
    minuteStats = new MinuteStatsStore(hub.database());
    measurements =
        new Measurements(
            new RecentInboxCounts(hub.database(), clock),
            minuteStats,
            new OrphanedDeliveries(hub.database()),
            new SourceSilence(new InboxTimes(hub.database()), () -> Set.of("shop", "new"), clock),
            new CatchUpTable(hub.database(), clock),
            new RecentFetches(hub.database(), clock),
            clock);
  }

  private double measure(AlertCondition alertCondition, String of) throws Exception {
    return measurement(alertCondition, of).value();
  }

  private Measurement measurement(AlertCondition alertCondition, String of) throws Exception {
    AlertRule rule =
        new AlertRule(
            "a",
            alertCondition,
            0,
            of,
            Duration.ofMinutes(5),
            Duration.ZERO,
            Duration.ZERO,
            "info",
            "");
    return measurements.of(rule);
  }

  private void calls(
      UUID node, String provider, int minutesAgo, long calls, long errors, int breaker)
      throws Exception {
    Instant at = clock.instant().minus(Duration.ofMinutes(minutesAgo));
    minuteStats.add(
        node,
        List.of(),
        List.of(
            new CallMinuteStats(at, node, provider, new CallMinute(calls, errors, ""), breaker)));
  }

  @Test
  void the_kamelet_offers_every_condition() throws Exception {
    JsonNode kamelet =
        new YAMLMapper()
            .readTree(new File("src/main/resources/kamelets/alert-source.kamelet.yaml"));
    List<String> offered = new ArrayList<>();
    kamelet
        .at("/spec/definition/properties/condition/enum")
        .forEach(word -> offered.add(word.asText()));

    assertThat(offered)
        .containsExactly(
            Arrays.stream(AlertCondition.values())
                .map(AlertCondition::text)
                .toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void events_are_orphaned_while_no_live_node_has_their_handler(Store store) throws Exception {
    open(store);
    TestHub hub = HUBS.on(store);
    for (String state : List.of("received", "retrying", "processing", "done")) {
      UUID id = UUID.randomUUID();
      hub.update(
          "INSERT INTO inbox_event (id, source, provider_event_id, type, received_at, headers, payload) VALUES (?, 'shop', ?, 'order', CURRENT_TIMESTAMP, '{}', ?)",
          id,
          id.toString(),
          new byte[0]);
      for (String route : List.of("gone", "there")) {
        hub.update(
            "INSERT INTO inbox_delivery (event_id, route, source, status, attempts, due_at, ordering_key) VALUES (?, ?, 'shop', ?, 0, CASE WHEN ? = 'done' THEN NULL ELSE CURRENT_TIMESTAMP + INTERVAL '1' HOUR END, CASE WHEN ? = 'retrying' THEN 'a' END)",
            id,
            route,
            state,
            state,
            state);
      }
    }
    hub.update(
        "INSERT INTO inbox_handler (node, route, source, types, ordered, formerly, live_until) VALUES (?, 'there', 'shop', '', FALSE, '', CURRENT_TIMESTAMP + INTERVAL '1' HOUR)",
        UUID.randomUUID());

    Measurement all = measurement(AlertCondition.ORPHANED_EVENTS, "");
    assertThat(all.value()).as("what is leased is in somebody's hands").isEqualTo(2);
    assertThat(all.detail()).isEqualTo("gone");
    assertThat(measure(AlertCondition.ORPHANED_EVENTS, "there")).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_breaker_is_open_while_any_node_last_said_so(Store store) throws Exception {
    open(store);
    UUID one = UUID.randomUUID();
    UUID two = UUID.randomUUID();
    calls(one, "crm", 2, 5, 5, 2);
    calls(two, "crm", 2, 5, 0, 0);
    calls(two, "mail", 2, 5, 0, 1);
    assertThat(measurement(AlertCondition.BREAKER_OPEN, ""))
        .isEqualTo(new Measurement(2, "crm, mail"));
    assertThat(measurement(AlertCondition.BREAKER_OPEN, "crm"))
        .isEqualTo(new Measurement(1, "crm"));

    calls(one, "crm", 1, 5, 0, 0);
    assertThat(measurement(AlertCondition.BREAKER_OPEN, "")).isEqualTo(new Measurement(1, "mail"));
    clock.advance(Duration.ofMinutes(5));
    assertThat(measure(AlertCondition.BREAKER_OPEN, "")).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_error_rate_is_that_of_the_worst_provider_over_all_nodes_in_the_window(Store store)
      throws Exception {
    open(store);
    calls(UUID.randomUUID(), "crm", 1, 10, 2, 0);
    calls(UUID.randomUUID(), "crm", 2, 10, 4, 0);
    calls(UUID.randomUUID(), "crm", 9, 1_000, 1_000, 0);
    calls(UUID.randomUUID(), "mail", 1, 9, 9, 0);

    assertThat(measurement(AlertCondition.CALL_ERROR_RATE, ""))
        .isEqualTo(new Measurement(30, "crm"));
    assertThat(measure(AlertCondition.CALL_ERROR_RATE, "mail")).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void refused_signatures_add_up_over_nodes_and_minutes_of_the_window(Store store)
      throws Exception {
    open(store);
    for (int minutesAgo : new int[] {1, 2, 9}) {
      minuteStats.add(
          UUID.randomUUID(),
          List.of(
              new MinuteStats(
                  clock.instant().minus(Duration.ofMinutes(minutesAgo)),
                  new InboxMinute(0, 0, 0, 0, ""),
                  7)),
          List.of());
    }

    assertThat(measure(AlertCondition.SIGNATURE_FAILURES, "")).isEqualTo(14);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_source_is_missed_by_the_measure_of_its_own_week(Store store) throws Exception {
    open(store);
    TestHub hub = HUBS.on(store);
    Instant now = clock.instant();
    // Every hour by day, nothing for twelve hours by night.
    for (int hour = 4 * 24; hour >= 3; hour--) {
      if (hour % 24 < 12) {
        event(hub, "shop", now.minus(Duration.ofHours(hour)));
      }
    }
    event(hub, "new", now.minus(Duration.ofHours(20)));
    event(hub, "new", now.minus(Duration.ofHours(10)));

    assertThat(measure(AlertCondition.MISSING_EVENTS, "")).isLessThan(0.3).isPositive();
    assertThat(measure(AlertCondition.MISSING_EVENTS, "new")).isZero();
    clock.advance(Duration.ofHours(24));
    assertThat(measure(AlertCondition.MISSING_EVENTS, "")).isBetween(1.9, 2.3);
    assertThat(measurement(AlertCondition.MISSING_EVENTS, "").detail())
        .isEqualTo("shop, silent for 27 h, in the week before for 13 h at most");
    event(hub, "shop", clock.instant().minusSeconds(5));
    assertThat(measure(AlertCondition.MISSING_EVENTS, "")).isZero();
    assertThat(measure(AlertCondition.MISSING_EVENTS, "never-heard-of")).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_poll_or_catch_up_fails_from_its_second_run_on_while_a_node_runs_it(Store store)
      throws Exception {
    open(store);
    TestHub hub = HUBS.on(store);
    poll(hub, "crm", 3, 20, 1);
    poll(hub, "once", 1, 90, 1);
    poll(hub, "removed", 9, 90, -30);
    hub.update(
        "INSERT INTO catch_up (name, next_at, failures) VALUES ('github github /hooks', ?, 2)",
        minutes(1));
    run(hub, "failed", "older", -90);
    run(hub, "done", null, -60);
    run(hub, "failed", "first", -10);
    run(hub, "failed", "second", -5);

    assertThat(measurement(AlertCondition.POLL_FAILING, ""))
        .isEqualTo(new Measurement(1_200, "poll crm: broken; catch-up github: second"));
    assertThat(measurement(AlertCondition.POLL_FAILING, "github"))
        .isEqualTo(new Measurement(600, "catch-up github: second"));
    assertThat(measure(AlertCondition.POLL_FAILING, "once")).isZero();

    hub.update("UPDATE poll_cursor SET failures = 0, failing_since = NULL");
    hub.update("UPDATE catch_up SET failures = 0");
    assertThat(measure(AlertCondition.POLL_FAILING, "")).isZero();
  }

  private java.time.OffsetDateTime minutes(int later) {
    return clock.instant().plus(Duration.ofMinutes(later)).atOffset(ZoneOffset.UTC);
  }

  private void poll(TestHub hub, String source, int failures, int minutesAgo, int dueIn) {
    hub.update(
        "INSERT INTO poll_cursor (source, due_at, failures, failing_since, last_error)"
            + " VALUES (?, ?, ?, ?, 'broken')",
        source,
        minutes(dueIn),
        failures,
        minutes(-minutesAgo));
  }

  private void run(TestHub hub, String state, String error, int at) {
    hub.update(
        "INSERT INTO catch_up_run (id, source, state, dry_run, since, until, found, missing,"
            + " appended, error, started_by, started_at, moved_at)"
            + " VALUES (?, 'github', ?, false, ?, ?, 0, 0, 0, ?, 'schedule', ?, ?)",
        UUID.randomUUID(),
        state,
        minutes(-99),
        minutes(-30),
        error,
        minutes(at),
        minutes(at));
  }

  private static void event(TestHub hub, String source, Instant at) {
    UUID id =
        new UUID(at.toEpochMilli() << 16 | 0x7000L, UUID.randomUUID().getLeastSignificantBits());
    hub.update(
        "INSERT INTO inbox_event (id, source, provider_event_id, type, received_at, headers, payload)"
            + " VALUES (?, ?, ?, 'x', ?, '{}', ?)",
        id,
        source,
        id.toString(),
        at.atOffset(ZoneOffset.UTC),
        new byte[0]);
  }
}
