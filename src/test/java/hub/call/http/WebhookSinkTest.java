package hub.call.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.standardwebhooks.Webhook;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The Kamelet {@code webhook-sink}, each receiver with a handler of its own. */
class WebhookSinkTest {
  private static final String OLD = secret("the old secret of the receiver!!");
  private static final String NEW = secret("the new secret of the receiver!!");
  private static final List<WireMockServer> RECEIVERS = List.of(server(), server(), server());

  private static TestHub hub;

  private static String secret(String text) {
    return "whsec_" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static WireMockServer server() {
    WireMockServer server = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    server.start();
    return server;
  }

  @BeforeAll
  static void start() {
    TestHub.Builder builder =
        TestHub.on(Store.H2)
            .with("SINK_SECRETS", NEW + "," + OLD)
            .with("SINK_SHORT", "short")
            .with("SINK_URL", RECEIVERS.get(1).baseUrl() + "/hook?key=a-secret")
            .with("hub.breaker.open-seconds", "1");
    builder.route("shop-one", handler("shop-one", "url: " + url(0)));
    builder.route("shop-two", handler("shop-two", "urlSecret: SINK_URL"));
    builder.route(
        "shop-three",
        handler(
            "shop-three",
            "url: "
                + url(2)
                + "\n              headers: \"X-Type: {type}\"\n              forward: X-Shop, X-Signature"));
    hub = builder.start();
  }

  private static String url(int receiver) {
    return RECEIVERS.get(receiver).baseUrl() + "/hook";
  }

  private static String handler(String id, String parameters) {
    return """
        - route:
            id: %s
            description: Forwards the shop's events.
            routeConfigurationId: retry-then-park
            from:
              uri: inbox:shop
              parameters:
                orderBy: orderingKey
                retryDelaysSeconds: 1,1,1,1,1,1
              steps:
                - to:
                    id: forward-%s
                    uri: kamelet:webhook-sink
                    parameters:
                      signSecret: SINK_SECRETS
                      %s
        """
        .formatted(id, id, parameters);
  }

  @BeforeEach
  void allAnswer() {
    RECEIVERS.forEach(WireMockServer::resetAll);
    answer(0, aResponse().withStatus(204));
    answer(1, aResponse().withStatus(200).withBody("ok"));
    answer(2, aResponse().withStatus(202));
    hub.empty();
  }

  private static void answer(int receiver, ResponseDefinitionBuilder response) {
    RECEIVERS
        .get(receiver)
        .stubFor(
            post(com.github.tomakehurst.wiremock.client.WireMock.anyUrl()).willReturn(response));
  }

  @AfterAll
  static void stop() {
    hub.close();
    RECEIVERS.forEach(WireMockServer::stop);
  }

  @Test
  void each_receiver_gets_each_event_once_in_order_while_another_is_down() {
    answer(1, aResponse().withStatus(503));
    for (int i = 0; i < 20; i++) {
      hub.append("shop", "e" + i, "order.paid", "k" + i % 2, "{\"n\": " + i + "}");
    }
    await().until(() -> requests(0).size() == 20 && requests(2).size() == 20);
    assertThat(requests(1)).isNotEmpty();
    RECEIVERS.get(1).resetRequests();
    answer(1, aResponse().withStatus(200));

    await().atMost(Duration.ofSeconds(30)).until(() -> requests(1).size() >= 20);
    for (int receiver = 0; receiver < 3; receiver++) {
      List<LoggedRequest> got = requests(receiver);
      assertThat(got.stream().map(one -> one.getHeader("webhook-id")))
          .hasSize(20)
          .doesNotHaveDuplicates();
      for (int key = 0; key < 2; key++) {
        int of = key;
        assertThat(got.stream().map(WebhookSinkTest::number).filter(n -> n % 2 == of))
            .isEqualTo(IntStream.range(0, 10).mapToObj(n -> n * 2 + of).toList());
      }
    }
  }

  private static int number(LoggedRequest request) {
    return Integer.parseInt(request.getBodyAsString().replaceAll("\\D", ""));
  }

  @Test
  void what_was_stored_goes_out_signed_with_each_secret() throws Exception {
    String body = "{\"n\":1,  \"b\" : \"\u00e4\"}";
    String id = hub.append("shop", "signed", "order.paid", "k", body);
    await()
        .until(() -> requests(0).size() == 1 && requests(1).size() == 1 && requests(2).size() == 1);

    LoggedRequest got = requests(0).get(0);
    assertThat(got.getBodyAsString()).isEqualTo(body);
    assertThat(got.getHeader("webhook-id")).isEqualTo(id);
    for (String secret : List.of(OLD, NEW)) {
      new Webhook(secret).verify(body, headers(got));
    }
    assertThatThrownBy(
            () ->
                new Webhook(secret("another secret of somebody else!")).verify(body, headers(got)))
        .isInstanceOf(com.standardwebhooks.exceptions.WebhookVerificationException.class);
    assertThat(requests(1).get(0).getUrl()).isEqualTo("/hook?key=a-secret");
    assertThat(requests(2).get(0).getHeader("X-Type")).isEqualTo("order.paid");
    assertThat(providers())
        .contains("localhost:" + RECEIVERS.get(0).port(), "localhost:" + RECEIVERS.get(1).port());
  }

  private static HttpHeaders headers(LoggedRequest request) {
    return HttpHeaders.of(
        request.getHeaders().all().stream()
            .collect(Collectors.toMap(one -> one.key(), one -> one.values())),
        (name, value) -> true);
  }

  private static List<String> providers() {
    return StreamSupport.stream(
            hub.json("/api/admin/integrations").get("integrations").spliterator(), false)
        .map(one -> one.get("name").asText())
        .toList();
  }

  @Test
  void a_large_answer_is_not_read_and_a_redirect_is_a_failure() {
    answer(0, aResponse().withStatus(200).withBody(new byte[20_000_000]));
    answer(2, aResponse().withStatus(302).withHeader("Location", url(0)));
    hub.append("shop", "large", "order.paid", "large", "{}");
    await().until(() -> requests(2).size() >= 2);
    assertThat(requests(0)).hasSize(1);
    answer(2, aResponse().withStatus(200));
    await()
        .until(
            () ->
                states("large")
                    .equals(Map.of("shop-one", "done", "shop-two", "done", "shop-three", "done")));
  }

  @Test
  void gone_suspends_the_handler_and_its_event_waits() {
    answer(2, aResponse().withStatus(410));
    hub.append("shop", "gone", "order.paid", "gone", "{}");
    await().until(() -> "suspended".equals(state("shop-three")));
    assertThat(states("gone").get("shop-three")).isIn("retrying", "received");
    assertThat(hub.query("SELECT type FROM inbox_event WHERE source = 'hub'"))
        .contains("hub.handler.suspended");
    assertThat(
            hub.query(
                "SELECT attempts FROM inbox_delivery WHERE route = 'shop-three' AND event_id IN (SELECT id FROM inbox_event WHERE provider_event_id = 'gone')"))
        .contains("0");

    answer(2, aResponse().withStatus(200));
    hub.update(
        "UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP WHERE route = 'shop-three' AND due_at IS NOT NULL");
    hub.update("UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP WHERE route = 'shop-three'");
    hub.operate("/api/admin/routes/shop-three/resume", "");
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> "done".equals(states("gone").get("shop-three")));
  }

  private static String state(String route) {
    for (JsonNode one : hub.json("/api/admin/routes").get("routes")) {
      if (one.get("id").asText().equals(route)) {
        return one.get("state").asText();
      }
    }
    return "";
  }

  private static Map<String, String> states(String providerEventId) {
    String id =
        hub.query("SELECT id FROM inbox_event WHERE provider_event_id = ?", providerEventId)
            .orElseThrow();
    return StreamSupport.stream(
            hub.json("/api/admin/events/" + id).get("handlers").spliterator(), false)
        .collect(
            Collectors.toMap(one -> one.get("route").asText(), one -> one.get("status").asText()));
  }

  private static List<LoggedRequest> requests(int receiver) {
    return RECEIVERS
        .get(receiver)
        .findAll(
            com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor(
                com.github.tomakehurst.wiremock.client.WireMock.anyUrl()));
  }

  @Test
  void wrong_parameters_are_told_before_anything_is_sent() {
    assertThat(fault("url: http://localhost/x\n              urlSecret: SINK_URL"))
        .contains("one of url and urlSecret");
    assertThat(fault("sign: none")).contains("'url' is missing");
    assertThat(fault("url: http://localhost/x\n              sign: nothing"))
        .contains("there is no scheme 'nothing'");
    assertThat(fault("url: http://localhost/x\n              signSecret: SINK_SHORT"))
        .contains("SINK_SHORT")
        .doesNotContain("short;");
    assertThat(fault("url: http://localhost/x\n              forward: Host"))
        .contains("'host' is set by the hub");
  }

  private static String fault(String parameters) {
    String yaml = handler("shop-wrong", parameters);
    if (parameters.contains("signSecret")) {
      yaml = yaml.replaceFirst("signSecret: SINK_SECRETS\n *", "");
    }
    String text = yaml;
    Throwable thrown =
        org.assertj.core.api.Assertions.catchThrowable(
            () ->
                TestHub.on(Store.H2)
                    .with("SINK_SECRETS", OLD)
                    .with("SINK_SHORT", "short")
                    .with("SINK_URL", "http://localhost/")
                    .route("shop-wrong", text)
                    .start());
    StringBuilder all = new StringBuilder();
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      all.append(t.getMessage()).append('\n');
    }
    return all.toString();
  }
}
