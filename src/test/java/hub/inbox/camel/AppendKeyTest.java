package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The id under which an append stores its event. */
class AppendKeyTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String SECRET = "a-secret-of-the-items-sender";

  private static TestHub hub;

  private static String api(String path, String... steps) {
    return route("api-" + path, "platform-http:/api/" + path + "?httpMethodRestrict=POST", steps);
  }

  private static String route(String id, String from, String... steps) {
    return """
        - route:
            id: %s
            description: Stores events.
            from:
              uri: %s
              steps:
        %s
        """
        .formatted(id, from, String.join("", steps).indent(8).stripTrailing());
  }

  private static String variable(String name, String value) {
    return """
        - setVariable:
            name: %s
            simple:
              expression: "%s"
        """
        .formatted(name, value);
  }

  private static String store(String id, String source) {
    return """
        - to:
            id: %s
            uri: inbox:%s
        """
        .formatted(id, source);
  }

  private static final String FAIL_ONCE =
      """
      - filter:
          simple:
            expression: "${variable.attempt} == 1"
          steps:
            - throwException:
                exceptionType: java.lang.IllegalStateException
                message: once
      """;

  @BeforeAll
  static void start() {
    hub =
        TestHub.on(Store.H2)
            .with("hub.inbox.poll-seconds", "1")
            .route("api-bare", api("bare", store("store-bare", "bare")))
            .route("api-random", api("random", store("store-random", "random?id=random")))
            .route(
                "api-twice",
                api(
                    "twice",
                    """
                    - loop:
                        constant:
                          expression: "3"
                        steps:
                          - to:
                              id: store-in-loop
                              uri: inbox:twice?id=random
                    """,
                    store("store-after-random", "twice?id=random")))
            .with("ITEMS_SECRET", SECRET)
            .route(
                "named-webhook",
                route(
                    "named-webhook",
                    "kamelet:webhook-source\n      parameters: {source: named, scheme: hmac,"
                        + " secrets: ITEMS_SECRET, signatureHeader: X-Signature,"
                        + " eventId: $.id, eventType: $.type}",
                    variable("eventId", "of the route"),
                    store("store-named", "named")))
            .route(
                "items-webhook",
                route(
                    "items-webhook",
                    "kamelet:webhook-source\n      parameters: {source: items, scheme: hmac,"
                        + " secrets: ITEMS_SECRET, signatureHeader: X-Signature,"
                        + " eventId: $.id, eventType: $.type}",
                    """
                    - split:
                        jsonpath:
                          expression: $.items
                        steps:
                          - to:
                              id: store-item
                              uri: inbox:items
                    """))
            .route(
                "api-given",
                api(
                    "given",
                    variable("providerEventId", "${header.key}"),
                    store("store-given", "given")))
            .route(
                "api-both",
                api(
                    "both",
                    variable("eventId", "${header.key}"),
                    store("store-first", "first"),
                    variable("seen", "${variable.eventId}"),
                    store("store-second", "second"),
                    "- setBody:\n    simple:\n      expression: \"${variable.seen}\"\n"))
            .route(
                "handle-given",
                route(
                    "handle-given",
                    "inbox:given?retryDelaysSeconds=0,0",
                    """
                    - split:
                        simple:
                          expression: "${list(a,b)}"
                        steps:
                          - to:
                              id: store-each
                              uri: inbox:each
                    """,
                    store("store-copy", "copy"),
                    store("store-other-copy", "copy"),
                    variable("providerEventId", "mine-${variable.eventId}"),
                    store("store-own", "own"),
                    FAIL_ONCE))
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static HttpResponse<String> post(String path, String key) {
    return hub.post(path, "{}", "key", key, "Authorization", "Bearer " + TestHub.API_KEY);
  }

  private static String count(String source) {
    return hub.query("SELECT count(*) FROM inbox_event WHERE source = ?", source).orElseThrow();
  }

  private static String id(String source) {
    return hub.query("SELECT provider_event_id FROM inbox_event WHERE source = ?", source)
        .orElseThrow();
  }

  @Test
  void an_append_that_nothing_gives_an_id_fails_with_the_remedy() {
    HttpResponse<String> answer = post("/api/bare", "");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("providerEventId", "inbox:bare?id=random");
    assertThat(count("bare")).isEqualTo("0");
  }

  @Test
  void with_id_random_each_append_is_an_event() {
    assertThat(post("/api/random", "").statusCode()).isLessThan(300);
    assertThat(post("/api/random", "").statusCode()).isLessThan(300);

    assertThat(count("random")).isEqualTo("2");
  }

  @Test
  void with_id_random_each_append_of_one_request_is_an_event() {
    assertThat(post("/api/twice", "").statusCode()).isLessThan(300);

    assertThat(count("twice")).isEqualTo("4");
  }

  @Test
  void each_item_that_a_webhooks_route_splits_off_is_an_event_and_once() throws Exception {
    String body = "{\"id\":\"batch-1\",\"type\":\"items\",\"items\":[\"a\",\"b\",\"c\"]}";
    HttpResponse<String> first = hub.post("/api/webhooks/items", body, "X-Signature", hmac(body));
    HttpResponse<String> again = hub.post("/api/webhooks/items", body, "X-Signature", hmac(body));

    assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
    assertThat(first.body()).contains("\"status\":\"accepted\"").doesNotContain("items");
    assertThat(again.body()).contains("\"status\":\"duplicate\"");
    assertThat(count("items")).isEqualTo("3");
  }

  private static String hmac(String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void the_event_id_that_a_webhooks_route_sets_goes_before_the_senders() throws Exception {
    String body = "{\"id\":\"of the sender\",\"type\":\"t\"}";
    assertThat(hub.post("/api/webhooks/named", body, "X-Signature", hmac(body)).statusCode())
        .isEqualTo(200);
    assertThat(hub.query("SELECT provider_event_id FROM inbox_event WHERE source = 'named'"))
        .contains("of the route");
  }

  @Test
  void an_event_id_serves_every_append_of_a_route_and_is_the_hubs_afterwards() {
    HttpResponse<String> answer = post("/api/both", "both-1");

    assertThat(answer.body())
        .isEqualTo(
            hub.query("SELECT CAST(id AS varchar) FROM inbox_event WHERE source = 'first'")
                .orElseThrow());
    assertThat(id("first")).isEqualTo("both-1");
    assertThat(id("second")).isEqualTo("both-1");
  }

  @Test
  void a_handler_stores_once_at_each_step_and_turn_however_often_it_runs() {
    assertThat(post("/api/given", "given-1").statusCode()).isLessThan(300);

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT status FROM inbox_delivery WHERE source = 'given' AND attempts = 2"))
                    .contains("done"));
    assertThat(id("given")).isEqualTo("given-1");
    assertThat(count("each")).isEqualTo("2");
    assertThat(count("copy")).isEqualTo("2");
    assertThat(count("own")).isEqualTo("1");
    assertThat(id("own")).startsWith("mine-");
  }
}
