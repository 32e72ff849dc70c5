package hub.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.poll.ListApi;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long") // a hub and a check of the project
class ReloadPollTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private static String poll(ListApi api, int everySeconds) {
    return """
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
                cursorQuery: since
                next: $.next
                everySeconds: %d
              steps:
                - to:
                    id: store-contact
                    uri: inbox:crm
        """
        .formatted(api.url(), everySeconds);
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
  void a_saved_poll_keeps_its_cursor_and_runs_once_at_the_new_pace() throws Exception {
    try (ListApi api = new ListApi().with(1, 25);
        TestHub hub = TestHub.on(Store.H2).route("crm/crm-poll", poll(api, 3_600)).dev().start()) {
      awaitEvents(hub, 25);
      await()
          .atMost(SOON)
          .until(
              () ->
                  hub.query("SELECT last_cursor FROM poll_cursor WHERE lease_owner IS NULL")
                      .equals(Optional.of("25")));
      int asked = api.asked().size();
      api.with(26, 27);
      new Project(hub).save("crm/crm-poll.camel.yaml", poll(api, 1));

      awaitEvents(hub, 27);
      assertThat(api.asked().get(asked)).isEqualTo("/v1/contacts?since=25");
      assertThat(api.asked().subList(asked, api.asked().size()))
          .allMatch(one -> one.contains("since="));
      int before = api.asked().size();
      await().pollDelay(Duration.ofMillis(3_500)).atMost(SOON).until(() -> true);
      assertThat(api.asked().size() - before).as("one run a second").isBetween(2, 5);
      assertThat(hub.query("SELECT count(DISTINCT provider_event_id) FROM inbox_event"))
          .contains("27");
    }
  }
}
