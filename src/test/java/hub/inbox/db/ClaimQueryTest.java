package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.inbox.engine.LeasedBytes;
import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many bytes one claim loads. */
@Tag("postgres")
class ClaimQueryTest {
  private static final String ROUTE = "handle-large";
  private static final Duration LEASE = Duration.ofMinutes(1);

  private static void store(TestHub hub, int number, int bytes) {
    UUID id = UUID.fromString("00000000-0000-7000-8000-0000000000%02d".formatted(number));
    hub.update(
        "INSERT INTO inbox_event (id, source, provider_event_id, type, received_at, headers, payload) VALUES (?, 'shop', ?, 'order', CURRENT_TIMESTAMP, '{}', ?)",
        id,
        id.toString(),
        new byte[bytes]);
    hub.update(
        "INSERT INTO inbox_delivery (event_id, route, source, status, attempts, due_at) VALUES (?, ?, 'shop', 'received', 0, CURRENT_TIMESTAMP)",
        id,
        ROUTE);
  }

  private static List<Integer> claim(TestHub hub, Store kind, long bytes, boolean always)
      throws SQLException {
    InboxStore inbox =
        kind == Store.H2
            ? new H2Inbox(route -> false)
            : new PostgresInbox((short) 0, route -> false);
    return hub
        .database()
        .inTransaction(
            c -> inbox.claim(c, new ClaimQuery(ROUTE, false, 1, 10, bytes, always, 2, true, LEASE)))
        .stream()
        .map(one -> one.payload().length)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_claim_returns_no_more_bytes_than_it_may_and_one_event_always(Store kind)
      throws SQLException {
    try (TestHub hub = TestHub.on(kind).route("nothing", NOTHING).start()) {
      store(hub, 1, 12_000);
      store(hub, 2, 5_000);
      store(hub, 3, 4_000);
      store(hub, 4, 3_000);
      store(hub, 5, 2_000);

      assertThat(claim(hub, kind, 10_000, false)).as("beside what is held").isEmpty();
      assertThat(claim(hub, kind, 10_000, true)).as("larger than that").containsExactly(12_000);
      assertThat(claim(hub, kind, 10_000, true)).containsExactly(5_000, 4_000);
      assertThat(hub.query("SELECT count(*) FROM inbox_delivery WHERE begun")).contains("3");
      assertThat(claim(hub, kind, 10_000, true)).containsExactly(3_000, 2_000);
      assertThat(claim(hub, kind, 10_000, true)).isEmpty();
    }
  }

  private static final String NOTHING =
      """
      - route:
          id: nothing
          description: Does nothing.
          from:
            uri: direct:nothing
            steps:
              - log:
                  message: nothing
      """;

  private static final String HANDLER =
      """
      - route:
          id: note-large
          description: Notes.
          from:
            uri: inbox:shop
            parameters:
              concurrency: 1
            steps:
              - process: {ref: recorder}
      """;

  /** Small events first: a limit by average size would let too many large ones in. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void a_handler_holds_sixteen_megabytes_however_small_the_events_before_were(Store kind)
      throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Recorder recorder = new Recorder();
    try (TestHub hub =
        TestHub.on(kind).bind("recorder", recorder).route("note-large", HANDLER).start()) {
      for (int i = 0; i < 200; i++) {
        hub.append("shop", "small-" + i, "order", null, "{}");
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> recorder.runs().size() == 200);
      recorder.doing(run -> release.await(1, TimeUnit.MINUTES));
      hub.context().getRouteController().suspendRoute("note-large");
      String large = "x".repeat(5_000_000);
      for (int i = 0; i < 10; i++) {
        hub.append("shop", "large-" + i, "order", null, large);
      }
      hub.context().getRouteController().resumeRoute("note-large");
      await().atMost(Duration.ofSeconds(30)).until(() -> recorder.runs().size() == 201);

      assertThat(
              hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'processing'")
                  .map(Integer::valueOf)
                  .orElseThrow())
          .isBetween(1, 3);
      release.countDown();
      await().atMost(Duration.ofSeconds(60)).until(() -> recorder.runs().size() == 210);
    }
  }

  @Test
  void all_handlers_together_hold_their_share_and_one_event_more_each() {
    LeasedBytes bytes = new LeasedBytes(40 << 20);

    assertThat(bytes.reserve(0)).isEqualTo(LeasedBytes.CLAIM);
    assertThat(bytes.reserve(10 << 20)).as("beside what it has").isEqualTo(6 << 20);
    assertThat(bytes.reserve(LeasedBytes.CLAIM)).as("it holds enough").isZero();
    assertThat(bytes.reserve(0)).isEqualTo(LeasedBytes.CLAIM);
    assertThat(bytes.reserve(0)).as("what is left").isEqualTo(2 << 20);
    assertThat(bytes.reserve(1)).as("nothing is left").isZero();
    assertThat(bytes.reserve(0)).as("for who has nothing, a single event").isEqualTo(1);
    bytes.settle(1, 60 << 20);
    assertThat(bytes.reserve(0)).as("twice the share").isZero();
    bytes.settle(60 << 20, 0);
    bytes.settle(LeasedBytes.CLAIM, 0);
    assertThat(bytes.reserve(0)).isEqualTo(LeasedBytes.CLAIM);
  }
}
