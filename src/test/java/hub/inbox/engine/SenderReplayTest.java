package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sender delivers a dead event again. */
@Tag("postgres")
@Tag("waits")
class SenderReplayTest {
  private static final String HANDLER =
      """
      - route:
          id: note-subscription
          description: Notes.
          from:
            uri: inbox:stripe
            parameters:
              types: customer.subscription.*
              retryDelaysSeconds: "1"
            steps:
              - process: {ref: recorder}
      """;

  private static TestHub hub(Store store, Recorder recorder) {
    return hub(store, recorder, HANDLER);
  }

  private static TestHub hub(Store store, Recorder recorder, String handler) {
    return TestHub.on(store)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .bind("recorder", recorder)
        .routeFile("stripe/stripe-webhook.camel.yaml")
        .route("note-subscription", handler)
        .start();
  }

  private static void awaitState(TestHub hub, String id, String state) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(hub.json("/api/admin/events/" + id).path("status").asText())
                    .isEqualTo(state));
  }

  private static List<String> by(TestHub hub, String id) {
    JsonNode attempts = hub.json("/api/admin/events/" + id).at("/handlers/0/attempts");
    return StreamSupport.stream(attempts.spliterator(), false)
        .map(attempt -> attempt.path("by").asText())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_dead_event_runs_again_when_its_sender_delivers_it_once_more_but_not_twice_in_an_hour(
      Store store) {
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  throw new IllegalStateException("no");
                });
    try (TestHub hub = hub(store, recorder)) {
      String body = Stripe.subscription("evt_1", "created", "sub_1", 1_700_000_000L);
      String id = hub.stripe("stripe", body).body().replaceAll(".*\"id\":\"([^\"]+)\".*", "$1");
      awaitState(hub, id, "dead");
      assertThat(recorder.runs()).hasSize(2);

      hub.append("stripe", "evt_1", "customer.subscription.created", null, body);
      assertThat(hub.query("SELECT status FROM inbox_delivery"))
          .as("a route's append replays nothing")
          .contains("dead");

      HttpResponse<String> again = hub.stripe("stripe", body);

      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.body()).isEqualTo("{\"id\":\"" + id + "\",\"status\":\"duplicate\"}");
      await().atMost(Duration.ofSeconds(30)).until(() -> recorder.runs().size() == 4);
      awaitState(hub, id, "dead");
      assertThat(by(hub, id)).containsExactly("schedule", "schedule", "sender", "schedule");

      assertThat(hub.stripe("stripe", body).body()).contains("duplicate");
      assertThat(hub.query("SELECT status FROM inbox_delivery"))
          .as("within the hour")
          .contains("dead");

      hub.update("UPDATE inbox_delivery SET woken_at = woken_at - INTERVAL '61' MINUTE");
      recorder.doing(run -> {});
      hub.stripe("stripe", body);
      awaitState(hub, id, "done");
      assertThat(by(hub, id)).endsWith("sender");

      hub.stripe("stripe", body);
      assertThat(hub.operate("/api/admin/events/" + id + "/replay", "").statusCode())
          .isEqualTo(202);
      await().atMost(Duration.ofSeconds(30)).until(() -> recorder.runs().size() == 6);
      awaitState(hub, id, "done");
      assertThat(by(hub, id)).hasSize(6).last().asString().isNotIn("sender", "schedule", "");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_dead_event_that_the_handler_has_under_its_former_id_runs_under_the_new_one(Store store) {
    Recorder recorder =
        new Recorder()
            .doing(
                run -> {
                  throw new IllegalStateException("no");
                });
    try (TestHub hub =
        hub(store, recorder, HANDLER.replace("types:", "formerly: keep-it\n        types:"))) {
      String body = Stripe.subscription("evt_1", "created", "sub_1", 1_700_000_000L);
      String id = hub.stripe("stripe", body).body().replaceAll(".*\"id\":\"([^\"]+)\".*", "$1");
      awaitState(hub, id, "dead");
      hub.update("UPDATE inbox_delivery SET route = 'keep-it'");
      recorder.doing(run -> {});

      hub.stripe("stripe", body);

      awaitState(hub, id, "done");
      assertThat(
              hub.query("SELECT string_agg(route || ' as ' || keyed_as, '') FROM inbox_delivery"))
          .hasValue("note-subscription as keep-it");
    }
  }
}
