package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who polls: one node at a time, after one that has died, after retention. */
@Tag("postgres")
@Tag("waits")
class PollNodesTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private ListApi api;

  @BeforeEach
  void startApi() throws Exception {
    api = new ListApi();
  }

  @AfterEach
  void stopApi() {
    api.close();
  }

  private TestHub.Builder hub(TestHub.Builder builder, String parameters) {
    return builder.route(
        "crm-poll",
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
                everySeconds: 1
                next: $.next
        %s
              steps:
                - to:
                    uri: inbox:crm
        """
            .formatted(api.url(), parameters.indent(8)));
  }

  private static void awaitEvents(TestHub hub, int number) {
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_event")
                    .equals(Optional.of(Integer.toString(number))));
  }

  @Test
  void one_of_two_nodes_polls_and_the_other_goes_on_when_it_has_stopped() {
    api.with(1, 45);
    String cursor = "cursor: $.updated\ncursorQuery: since";
    try (TestHub first = hub(TestHub.on(Store.POSTGRESQL), cursor).start()) {
      try (TestHub second = hub(TestHub.on(Store.POSTGRESQL).beside(first), cursor).start()) {
        awaitEvents(first, 45);
        assertThat(api.asked()).as("one walk").filteredOn("/v1/contacts?page=2"::equals).hasSize(1);
        int before = api.asked().size();
        await().pollDelay(Duration.ofSeconds(4)).atMost(SOON).until(() -> true);
        assertThat(api.asked().size() - before).as("about one run a second").isBetween(2, 6);
        first.context().stop();
        api.with(46, 50);
        awaitEvents(second, 50);
      }
    }
  }

  @Test
  void a_node_that_has_died_is_taken_over_when_its_lease_has_run_out() {
    api.with(1, 3);
    try (TestHub hub = hub(TestHub.on(Store.POSTGRESQL), "").start()) {
      awaitEvents(hub, 3);
      await()
          .atMost(SOON)
          .until(
              () ->
                  hub.update(
                          "UPDATE poll_cursor SET lease_owner = gen_random_uuid(),"
                              + " lease_until = now() + interval '3 seconds' WHERE lease_owner IS NULL")
                      == 1);
      int asked = api.asked().size();
      api.with(4, 4);
      await().pollDelay(Duration.ofSeconds(2)).atMost(SOON).until(() -> true);
      assertThat(api.asked()).hasSize(asked);
      awaitEvents(hub, 4);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_item_whose_event_is_deleted_does_not_come_again_while_the_list_shows_it(Store store) {
    api.with(1, 15);
    try (TestHub hub = hub(TestHub.on(store), "").start()) {
      awaitEvents(hub, 15);
      await()
          .atMost(SOON)
          .until(() -> hub.query("SELECT count(*) FROM poll_seen").equals(Optional.of("15")));
      hub.empty();
      // Shown a year ago, and by every run since; and one that the list shows no more.
      hub.update("UPDATE poll_seen SET seen_at = CURRENT_TIMESTAMP - INTERVAL '400' DAY");
      hub.update(
          "INSERT INTO poll_seen (source, provider_event_id, seen_at)"
              + " VALUES ('crm', 'gone', CURRENT_TIMESTAMP - INTERVAL '8' DAY)");
      await()
          .atMost(SOON)
          .until(() -> hub.query("SELECT count(*) FROM poll_seen").equals(Optional.of("15")));
      api.with(16, 16);
      awaitEvents(hub, 1);
      assertThat(hub.query("SELECT provider_event_id FROM inbox_event")).contains("c16");
    }
  }
}
