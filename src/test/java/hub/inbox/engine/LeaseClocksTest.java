package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.inbox.db.Delivery;
import hub.inbox.engine.LeasedDelivery.Moment;
import hub.testing.LogLines;
import hub.testing.SettableClock;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.HubClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lease expires by the monotonic or the wall clock, whichever is first. */
@Tag("postgres")
class LeaseClocksTest {
  private static final Duration LEASE = Duration.ofSeconds(60);

  private static final String HANDLER =
      """
      - route:
          id: note-twice
          description: Has two effects.
          from:
            uri: inbox:shop
            steps:
              - process:
                  ref: jump
              - to:
                  id: note-run
                  uri: sql:INSERT INTO probe_run VALUES (:#${variable.providerEventId})
      """;

  private static LeasedDelivery leased(Moment before) {
    return leased(before, true);
  }

  private static LeasedDelivery leased(Moment before, boolean started) {
    UUID id = UUID.randomUUID();
    return new LeasedDelivery(
        new Delivery(
            id,
            id,
            1,
            started,
            "schedule",
            "shop",
            "e",
            "x",
            Optional.empty(),
            Optional.empty(),
            1,
            Optional.empty(),
            Instant.EPOCH,
            "{}",
            new byte[0],
            Optional.empty()),
        before,
        LEASE);
  }

  @Test
  void either_clock_ends_a_lease_and_neither_lengthens_it() {
    Moment before = new Moment(5_000_000_000L, 1_000_000);
    long second = 1_000_000_000L;

    assertThat(leased(before).holds(new Moment(64 * second, 1_059_000))).isTrue();
    assertThat(leased(before).holds(new Moment(6 * second, 1_060_000)))
        .as("the machine was suspended: only the wall clock went on")
        .isFalse();
    assertThat(leased(before).holds(new Moment(65 * second, 1_001_000)))
        .as("the wall clock was set back")
        .isFalse();
    assertThat(leased(before).holds(new Moment(65 * second, 500_000))).isFalse();
    assertThat(leased(before).holds(new Moment(6 * second, 500_000)))
        .as("set back within the lease")
        .isTrue();
  }

  @Test
  void a_stop_that_comes_too_late_leaves_the_start_as_it_was() {
    LeasedDelivery one = leased(new Moment(0, 0), false);

    assertThat(one.tryStart(0)).isTrue();
    assertThat(one.tryStart(90)).isFalse();

    assertThat(one.needsStartRecorded(110, 100)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_step_after_a_jump_of_the_clock_is_refused_when_another_has_the_event(Store store) {
    assertThat(runs(store, true)).isEqualTo("0 fenced");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_step_after_a_jump_of_the_clock_acts_when_nobody_has_taken_the_event(Store store) {
    assertThat(runs(store, false)).isEqualTo("1 done");
  }

  /** How many rows were written, and the outcome of the attempt. */
  private static String runs(Store store, boolean taken) {
    SettableClock clock = SettableClock.running();
    AtomicReference<TestHub> running = new AtomicReference<>();
    Processor jump =
        exchange -> {
          if (taken) {
            running.get().update("UPDATE inbox_delivery SET lease_token = ?", UUID.randomUUID());
          }
          clock.advance(LEASE);
        };
    try (LogLines lines = LogLines.of("hub.handling");
        TestHub hub =
            TestHub.on(store)
                .bind(HubClock.BEAN, clock)
                .bind("jump", jump)
                .route("note-twice", HANDLER)
                .start()) {
      running.set(hub);
      hub.update("CREATE TABLE probe_run (event_id varchar(64))");
      hub.append("shop", "evt_1", "x", null, "{}");
      await().atMost(Duration.ofSeconds(30)).until(() -> !lines.lines().isEmpty());
      return hub.query("SELECT count(*) FROM probe_run").orElseThrow()
          + " "
          + lines.lines().get(0).replaceFirst("(?s).* outcome=(\\w+) .*", "$1");
    }
  }
}
