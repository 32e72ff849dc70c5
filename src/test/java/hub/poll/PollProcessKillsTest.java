package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.HubProcess;
import hub.testing.Store;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process that is killed while it polls, again and again, stores each item once. {@code
 * -Dkills.seed=7} kills at the same moments again, {@code -Dkills=60} as often as that.
 */
@Tag("process")
@Tag("postgres")
@Tag("slow")
@Tag("faults")
class PollProcessKillsTest {
  private static final int ITEMS = 1_000;
  private static final int AT_FIRST = 300;
  private static final int KILLS = Integer.getInteger("kills", 30);

  private static final String HANDLER =
      """
      - route:
          id: crm-note
          description: Counts each contact.
          from:
            uri: inbox:crm
            parameters:
              transacted: true
              leaseSeconds: 3
            steps:
              - to:
                  id: note-contact
                  uri: sql:INSERT INTO probe.contact (id) VALUES (:#${variable.providerEventId})
      """;

  private static final String POLL =
      """
      - route:
          id: crm-poll
          description: Polls the contacts.
          from:
            uri: kamelet:poll-source
            parameters:
              source: crm
              baseUrl: %s
              path: /v1/contacts
              items: $.data
              eventId: $.id
              cursor: $.updated
              everySeconds: 1
              maxPages: 7
              %s
            steps:
              - to:
                  id: store-contact
                  uri: inbox:crm
      """;

  @ParameterizedTest
  @CsvSource({
    "H2,oldest-first",
    "H2,newest-first",
    "POSTGRESQL,oldest-first",
    "POSTGRESQL,newest-first"
  })
  void a_killed_process_stores_each_of_a_thousand_items_once(Store store, String order)
      throws Exception {
    long seed = Long.getLong("kills.seed", System.nanoTime());
    System.out.printf("PollProcessKillsTest %s %s: -Dkills.seed=%d%n", store, order, seed);
    Random random = new Random(seed);
    boolean newestFirst = order.equals("newest-first");
    try (ListApi api = new ListApi().with(1, AT_FIRST)) {
      api.newestFirst = newestFirst;
      api.linked = newestFirst;
      String how = newestFirst ? "order: newest-first\n        next: $.next" : "cursorQuery: since";
      try (HubProcess hub =
          HubProcess.on(store)
              .route("crm-poll", POLL.formatted(api.url(), how))
              .route("crm-note", HANDLER)
              .start()) {
        hub.query("CREATE SCHEMA probe");
        hub.query("CREATE TABLE probe.contact (id varchar(64))");
        int shown = AT_FIRST;
        for (int kill = 1; kill <= KILLS; kill++) {
          int most = kill == KILLS ? ITEMS : Math.min(ITEMS, shown + random.nextInt(40));
          api.with(shown + 1, most);
          shown = most;
          int asked = api.asked().size() + 1 + random.nextInt(6);
          await()
              .dontCatchUncaughtExceptions()
              .atMost(Duration.ofMinutes(1))
              .pollInterval(Duration.ofMillis(1))
              .until(() -> api.asked().size() >= asked);
          TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
          hub.kill();
          hub.start();
          // As if the lease of the process that was killed had run out.
          hub.query("UPDATE poll_cursor SET lease_owner = NULL, lease_until = NULL");
        }
        await()
            .dontCatchUncaughtExceptions()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(200))
            .until(
                () ->
                    hub.query("SELECT count(*) FROM inbox_event").equals("" + ITEMS)
                        && hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                            .equals("" + ITEMS));
        String stored = hub.query("SELECT count(DISTINCT provider_event_id) FROM inbox_event");
        System.out.printf(
            "PollProcessKillsTest %s %s: kills=%d stored=%s requests=%d%n",
            store, order, KILLS, stored, api.asked().size());
        assertThat(stored).isEqualTo("" + ITEMS);
        assertThat(hub.query("SELECT count(*) FROM probe.contact")).isEqualTo("" + ITEMS);
        assertThat(hub.query("SELECT count(DISTINCT id) FROM probe.contact")).isEqualTo("" + ITEMS);
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> hub.query("SELECT last_cursor FROM poll_cursor").equals("" + ITEMS));
      }
    }
  }
}
