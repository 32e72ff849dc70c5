package hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.InboxVariables;
import hub.inbox.ProvenEvent;
import hub.testing.Recorder;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A proven request with several events, or with a token that is good once, from end to end. */
@Tag("postgres")
@Tag("waits")
class SeveralEventsInOneRequestTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String HANDLER =
      """
      - route:
          id: note-mill
          description: Notes.
          from:
            uri: inbox:mill?orderBy=orderingKey
            steps:
              - process: {ref: recorder}
      """;

  /** What each route knows after its appends. */
  private final List<String> known = new CopyOnWriteArrayList<>();

  private final Recorder recorder = new Recorder();

  /** A webhook of the source "mill", whose steps follow the proof. */
  private static String webhook(String path, String steps) {
    return """
        - route:
            id: %1$s-webhook
            description: Receives.
            from:
              uri: platform-http:/api/webhooks/%1$s
              parameters: {httpMethodRestrict: POST, useBodyHandler: false}
              steps:
                - process: {ref: prove}
        %2$s
                - process: {ref: know}
                - process: {ref: acknowledge}
        """
        .formatted(path, steps.indent(8).stripTrailing());
  }

  private static String store(String id) {
    return "- to: {id: " + id + ", uri: 'inbox:mill'}\n";
  }

  private TestHub hub(Store store) {
    return TestHub.on(store)
        .bind("prove", (Processor) SeveralEventsInOneRequestTest::prove)
        .bind("know", (Processor) this::know)
        .bind("recorder", recorder)
        .route("note-mill", HANDLER)
        .route("mill-webhook", webhook("mill", store("store-mill")))
        .route(
            "split-webhook",
            webhook(
                "split",
                """
                - doTry:
                    steps:
                      - split:
                          jsonpath: {expression: $.items}
                          steps:
                            - to: {id: store-item, uri: 'inbox:mill'}
                    doCatch:
                      - exception: [java.lang.Exception]
                        steps:
                          - setBody: {simple: {expression: '${exception.message}'}}
                """))
        .route("other-webhook", webhook("other", store("store-other").replace("mill'", "yard'")))
        .route(
            "more-webhook",
            webhook(
                "more",
                store("store-first")
                    + "- setVariable: {name: providerEventId, constant: {expression: summary}}\n"
                    + store("store-summary")))
        .start();
  }

  /** Stands for the verifier: takes from the body what a signature would prove. */
  private static void prove(Exchange exchange) {
    JsonNode body = Json.own(exchange.getMessage().getBody(String.class));
    exchange.setVariable(InboxVariables.SOURCE, "mill");
    exchange.setProperty(InboxVariables.PROVEN_SOURCE, "mill");
    exchange.setVariable(InboxVariables.REQUEST_HEADERS, "{\"x\":\"y\"}");
    if (body.has("id")) {
      exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, body.path("id").asText());
      exchange.setProperty(InboxVariables.PROVEN_EVENT_ID, body.path("id").asText());
    }
    if (body.has("events")) {
      exchange.setProperty(
          InboxVariables.PROVEN_EVENTS,
          StreamSupport.stream(body.get("events").spliterator(), false)
              .map(SeveralEventsInOneRequestTest::event)
              .toList());
    }
    if (body.has("token")) {
      exchange.setProperty(InboxVariables.REPLAY_KEY, body.get("token").asText());
    }
  }

  private static ProvenEvent event(JsonNode event) {
    return new ProvenEvent(
        event.path("id").asText(),
        event.path("type").asText("event"),
        Optional.ofNullable(event.get("key")).map(JsonNode::asText),
        Json.bytes(event));
  }

  private void know(Exchange exchange) {
    known.add(
        "eventId=%s receipt=%s"
            .formatted(
                exchange.getVariable(InboxVariables.EVENT_ID),
                Optional.ofNullable(exchange.getVariable(InboxVariables.RECEIPT)).isPresent()));
  }

  private static JsonNode json(HttpResponse<String> response, int status) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return Json.own(response.body());
  }

  private static List<String> texts(JsonNode array, String field) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(one -> one.get(field).asText())
        .toList();
  }

  private static double counted(TestHub hub, String outcome) {
    return hub.context().getRegistry().findByType(MeterRegistry.class).stream()
        .flatMap(
            one -> one.find("hub.webhook.requests").tag("outcome", outcome).counters().stream())
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static String stored(TestHub hub) {
    return hub.query(
            "SELECT string_agg(source || '/' || provider_event_id, ' ' ORDER BY sequence) FROM inbox_event")
        .orElse("");
  }

  @ParameterizedTest
  @EnumSource
  void each_is_an_event_of_its_own_and_the_answer_tells_of_each(Store store) {
    try (TestHub hub = hub(store)) {
      JsonNode first =
          json(
              hub.post(
                  "/api/webhooks/mill",
                  "{\"events\":[{\"id\":\"1\",\"type\":\"made\",\"key\":\"k\"},{\"id\":\"2\",\"key\":\"k\"},{\"id\":\"1\"}]}"),
              200);

      assertThat(first.get("status").asText()).isEqualTo("accepted");
      assertThat(texts(first.get("events"), "status"))
          .containsExactly("accepted", "accepted", "duplicate");
      List<String> ids = texts(first.get("events"), "id");
      assertThat(first.get("id").asText()).isEqualTo(ids.get(0)).isEqualTo(ids.get(2));
      assertThat(ids.get(1)).isNotEqualTo(ids.get(0));
      assertThat(known).containsExactly("eventId=" + ids.get(0) + " receipt=true");
      assertThat(stored(hub)).isEqualTo("mill/1 mill/2");
      assertThat(counted(hub, "accepted")).isEqualTo(2);
      assertThat(counted(hub, "duplicate")).isEqualTo(1);
      await().atMost(SOON).until(() -> recorder.runs().size() == 2);
      assertThat(recorder.runs())
          .extracting(run -> run.event() + " " + run.key() + " " + run.body())
          .containsExactly(
              "1 k {\"id\":\"1\",\"type\":\"made\",\"key\":\"k\"}",
              "2 k {\"id\":\"2\",\"key\":\"k\"}");
      JsonNode made = hub.json("/api/admin/events/" + ids.get(0));
      assertThat(made.get("type").asText()).isEqualTo("made");
      assertThat(made.at("/headers/x").asText()).isEqualTo("y");

      JsonNode mixed =
          json(hub.post("/api/webhooks/mill", "{\"events\":[{\"id\":\"2\"},{\"id\":\"3\"}]}"), 200);
      assertThat(mixed.get("id").asText()).isEqualTo(ids.get(1));
      assertThat(mixed.get("status").asText()).as("one of them is new").isEqualTo("accepted");
      JsonNode again =
          json(hub.post("/api/webhooks/mill", "{\"events\":[{\"id\":\"2\"},{\"id\":\"3\"}]}"), 200);
      assertThat(again.get("status").asText()).isEqualTo("duplicate");
      assertThat(texts(again.get("events"), "status")).containsOnly("duplicate");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_request_without_events_is_accepted_and_stores_nothing(Store store) {
    try (TestHub hub = hub(store)) {
      HttpResponse<String> answer =
          hub.post("/api/webhooks/mill", "{\"token\":\"t\",\"events\":[]}");

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"status\":\"accepted\",\"events\":[]}");
      assertThat(known).containsExactly("eventId=null receipt=false");
      assertThat(stored(hub)).isEmpty();
      assertThat(counted(hub, "answered")).isEqualTo(1);
      assertThat(hub.query("SELECT key_hash FROM inbox_replay_key")).as("unspent").isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_token_is_refused_with_another_event_and_not_with_its_own(Store store) {
    try (TestHub hub = hub(store)) {
      JsonNode first =
          json(hub.post("/api/webhooks/mill", "{\"token\":\"t-1\",\"id\":\"1\"}"), 200);
      assertThat(first.has("events")).as("the body was one event").isFalse();

      JsonNode again =
          json(
              hub.post("/api/webhooks/mill", "{\"token\":\"t-1\",\"id\":\"1\",\"forged\":true}"),
              200);
      assertThat(again.get("status").asText()).isEqualTo("duplicate");
      assertThat(again.get("id")).isEqualTo(first.get("id"));

      for (String forged :
          List.of(
              "{\"token\":\"t-1\",\"id\":\"2\"}",
              "{\"token\":\"t-1\",\"events\":[{\"id\":\"1\"},{\"id\":\"2\"}]}")) {
        JsonNode problem = json(hub.post("/api/webhooks/mill", forged), 400);
        assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:signature-mismatch");
        assertThat(problem.get("detail").asText()).contains("token is good once");
      }
      assertThat(stored(hub)).isEqualTo("mill/1");
      assertThat(hub.query("SELECT key_hash FROM inbox_replay_key"))
          .as("not the token itself")
          .hasValueSatisfying(hash -> assertThat(hash).matches("[0-9a-f]{64}"));
      await().atMost(SOON).until(() -> counted(hub, "signature-mismatch") == 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_split_stores_its_own_items_and_no_token_may_be_left_for_them(Store store) {
    try (TestHub hub = hub(store)) {
      json(
          hub.post(
              "/api/webhooks/split",
              "{\"id\":\"1\",\"items\":[\"a\",\"b\"],\"events\":[{\"id\":\"x\"}]}"),
          200);
      assertThat(stored(hub)).isEqualTo("mill/1/0 mill/1/1");

      HttpResponse<String> answer =
          hub.post("/api/webhooks/split", "{\"id\":\"2\",\"items\":[\"a\",\"b\"],\"token\":\"t\"}");
      assertThat(answer.body()).contains("good once").contains("in a split or loop");
      assertThat(stored(hub)).isEqualTo("mill/1/0 mill/1/1");
      assertThat(hub.query("SELECT key_hash FROM inbox_replay_key")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void an_append_to_another_source_and_a_later_one_store_what_their_route_says(Store store) {
    try (TestHub hub = hub(store)) {
      json(
          hub.post(
              "/api/webhooks/other",
              "{\"id\":\"1\",\"token\":\"t\",\"events\":[{\"id\":\"x\"},{\"id\":\"y\"}]}"),
          200);
      assertThat(stored(hub)).isEqualTo("yard/1");

      JsonNode more =
          json(
              hub.post(
                  "/api/webhooks/more",
                  "{\"token\":\"t\",\"events\":[{\"id\":\"x\"},{\"id\":\"y\"}]}"),
              200);
      assertThat(texts(more.get("events"), "status")).containsExactly("accepted", "accepted");
      assertThat(stored(hub)).isEqualTo("yard/1 mill/x mill/y mill/summary");
    }
  }
}
