package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Store;
import hub.testing.TestHub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What src/docs/cookbook/poll-with-cursor.md shows works as it stands there. */
class PollCookbookTest {
  private static final Pattern ROUTE =
      Pattern.compile("```yaml\n# routes/\\S+/(\\S+)\\.camel\\.yaml\n(.*?)```", Pattern.DOTALL);

  private static Map<String, String> routes() throws Exception {
    Map<String, String> routes = new LinkedHashMap<>();
    Matcher route =
        ROUTE.matcher(Files.readString(Path.of("src/docs/cookbook/poll-with-cursor.md")));
    while (route.find()) {
      routes.put(route.group(1), route.group(2));
    }
    return routes;
  }

  @Test
  void each_change_of_a_contact_is_handled_once() throws Exception {
    try (ListApi api = new ListApi()) {
      api.with(1, 3);
      api.linked = false;
      TestHub.Builder builder = TestHub.on(Store.H2).with("CRM_URL", api.url());
      Map<String, String> routes = routes();
      assertThat(routes).containsOnlyKeys("crm-poll", "crm-note-contact");
      routes.forEach(
          (name, yaml) -> builder.route(name, yaml.replace("everySeconds: 60", "everySeconds: 1")));
      try (TestHub hub = builder.start()) {
        awaitDone(hub, 3);
        api.items.set(0, new ListApi.Item("c1", 4));
        awaitDone(hub, 4);
        assertThat(
                hub.query(
                    "SELECT provider_event_id FROM inbox_event WHERE ordering_key = 'c1' ORDER BY provider_event_id DESC"))
            .contains("c1:4");
      }
    }
  }

  private static void awaitDone(TestHub hub, int number) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_delivery WHERE status = 'done'")
                    .equals(Optional.of(Integer.toString(number))));
  }
}
