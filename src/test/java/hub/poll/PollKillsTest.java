package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.inbox.camel.InboxComponent;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run that is broken off at any point, again and again, stores each item once. */
@Tag("postgres")
class PollKillsTest {
  private static final URI LIST = URI.create("https://api.example.com/v1/list");
  private static final int ITEMS = 1_000;
  private static final int PAGE = 12;
  private static final int KILLS = 30;

  private static final String HANDLER =
      """
      - route:
          id: crm-note
          description: Takes contacts.
          from:
            uri: inbox:crm
            steps:
              - log:
                  message: "${variable.providerEventId}"
                  loggingLevel: "DEBUG"
      """;

  /** What ends a process. */
  private static final class Kill extends Error {
    private static final long serialVersionUID = 1L;
  }

  private final Random random = new Random(20261130);
  private int shown;
  private int kills;
  private int untilKill = Integer.MAX_VALUE;

  private void mayDie() {
    if (--untilKill < 0) {
      kills++;
      throw new Kill();
    }
  }

  private ListPage page(URI address, boolean newestFirst) {
    shown = Math.min(ITEMS, shown + random.nextInt(9));
    String query = String.valueOf(address.getQuery());
    int from =
        query.contains("page=") ? Integer.parseInt(query.replaceFirst(".*page=", "")) * PAGE : 0;
    int since =
        query.contains("since=")
            ? Integer.parseInt(query.replaceFirst(".*since=(\\d+).*", "$1"))
            : 0;
    List<ListItem> items = new ArrayList<>();
    for (int i = since + 1; i <= shown; i++) {
      items.add(
          new ListItem(
              "c" + i,
              "contact",
              Optional.empty(),
              Optional.of(new ListCursor(Integer.toString(i))),
              ("{\"id\":" + i + "}").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
    if (newestFirst) {
      items.sort(
          Comparator.comparingInt(
              (ListItem item) -> -Integer.parseInt(item.cursor().orElseThrow().text())));
    }
    int start = Math.min(from, items.size());
    int end = Math.min(start + PAGE, items.size());
    return new ListPage(
        items.subList(start, end),
        newestFirst && end < items.size()
            ? Optional.of(LIST.resolve("list?page=" + (from / PAGE + 1)))
            : Optional.empty());
  }

  private PollStore dying(PollStore store) {
    return new PollStore() {
      @Override
      public Set<String> known(Collection<String> ids) throws Exception {
        mayDie();
        return store.known(ids);
      }

      @Override
      public List<Receipt> append(List<NewEvent> events) throws Exception {
        mayDie();
        List<Receipt> receipts = store.append(events);
        mayDie();
        return receipts;
      }

      @Override
      public void commit(PollPosition position, Collection<String> fresh, Collection<String> seen)
          throws Exception {
        mayDie();
        store.commit(position, fresh, seen);
        mayDie();
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"H2,false", "H2,true", "POSTGRESQL,false", "POSTGRESQL,true"})
  void a_thousand_items_are_stored_once_through_thirty_kills(Store store, boolean newestFirst)
      throws Exception {
    shown = 300;
    try (TestHub hub = TestHub.on(store).route("crm-note", HANDLER).start()) {
      PollTable table = new PollTable(hub.database());
      InboxComponent inbox = hub.context().getComponent("inbox", InboxComponent.class);
      PollRules rules =
          new PollRules("crm", !newestFirst, newestFirst ? "" : "since", newestFirst, 7);
      table.open("crm");
      boolean isRead = false;
      for (int run = 0; run < 2_000 && !(isRead && kills >= KILLS && shown == ITEMS); run++) {
        isRead = false;
        UUID owner = UUID.randomUUID();
        untilKill = kills < KILLS ? random.nextInt(25) : Integer.MAX_VALUE;
        // The lease of a process that was killed has run out.
        hub.update("UPDATE poll_cursor SET lease_until = NULL");
        PollPosition position =
            table.acquire("crm", owner, Duration.ofMinutes(1), true).orElseThrow();
        PollWalk walk =
            new PollWalk(
                rules,
                address -> {
                  mayDie();
                  return page(address.apply(LIST), newestFirst);
                },
                dying(new InboxPollStore("crm", owner, table, inbox.appender())),
                position,
                Clock.systemUTC());
        try {
          while (walk.next().isPresent()) {
            // The next page.
          }
          boolean wasComplete = shown == ITEMS;
          isRead = walk.isOver() && wasComplete && walk.items() == 0;
        } catch (Kill e) {
          // The next run is another process.
        }
      }
      assertThat(kills).isEqualTo(KILLS);
      assertThat(isRead).as("read to the end").isTrue();
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).contains("1000");
      assertThat(hub.query("SELECT count(DISTINCT provider_event_id) FROM inbox_event"))
          .contains("1000");
      assertThat(hub.query("SELECT last_cursor FROM poll_cursor")).contains("1000");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                      .equals(Optional.of("1000")));
    }
  }
}
