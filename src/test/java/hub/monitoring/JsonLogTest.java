package hub.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.HubProcess;
import hub.testing.Store;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("process")
class JsonLogTest {
  private static final String RECEIVE =
      """
      - route:
          id: shop-webhook
          description: Receives the shop's events.
          from:
            uri: kamelet:webhook-source
            parameters:
              source: shop
              scheme: none
              unsafe: true
              eventId: $.id
              eventType: $.type
            steps:
              - log:
                  message: "taking \\"it\\"\\n in two lines"
              - to:
                  uri: inbox:shop
              - log:
                  message: taken
      """;

  private static final String HANDLE =
      """
      - route:
          id: shop-handle
          description: Handles the shop's events.
          from:
            uri: inbox:shop
            steps:
              - log:
                  message: handling ${variable.type}
              - delay:
                  asyncDelayed: true
                  expression:
                    constant:
                      expression: "10"
              - log:
                  message: on another thread
      """;

  @Test
  void every_line_is_an_object_and_has_the_ids_of_its_request_and_its_event() throws Exception {
    try (HubProcess hub =
        HubProcess.on(Store.H2)
            .with("LOG_FORMAT", "json")
            .route("shop-webhook", RECEIVE)
            .route("shop-handle", HANDLE)
            .start()) {
      HttpResponse<String> answer =
          hub.send(
              "POST",
              "/api/webhooks/shop",
              "{\"id\":\"1\",\"type\":\"order.paid\"}",
              "X-Request-Id",
              "req-1");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      String event = Json.own(answer.body()).get("id").asText();
      assertThat(hub.send("POST", "/api/webhooks/shop", "{", "X-Request-Id", "req-2").statusCode())
          .isEqualTo(400);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> hub.output().contains("outcome=done") && hub.output().contains("req-2"));

      List<JsonNode> lines = hub.output().lines().map(Json::own).toList();

      assertThat(lines)
          .allSatisfy(
              line -> {
                assertThat(Instant.parse(line.get("at").asText())).isBefore(Instant.now());
                assertThat(line.get("level").asText()).isNotEmpty();
                assertThat(line.get("logger").asText()).isNotEmpty();
                assertThat(line.get("message").asText()).isNotEmpty();
              });
      assertThat(one(lines, "taking").get("message").asText())
          .isEqualTo("taking \"it\"\n in two lines");
      assertThat(one(lines, "taking").get("requestId").asText()).isEqualTo("req-1");
      assertThat(one(lines, "taking").has("eventId")).isFalse();
      assertThat(one(lines, "taken").get("requestId").asText()).isEqualTo("req-1");
      assertThat(one(lines, "taken").get("eventId").asText()).isEqualTo(event);
      assertThat(one(lines, "handling order.paid").get("eventId").asText()).isEqualTo(event);
      assertThat(one(lines, "on another thread").get("eventId").asText()).isEqualTo(event);
      assertThat(one(lines, "outcome=done").get("eventId").asText()).isEqualTo(event);
      assertThat(one(lines, "status=200 ").get("requestId").asText()).isEqualTo("req-1");
      assertThat(one(lines, "outcome=payload-invalid").get("requestId").asText())
          .isEqualTo("req-2");
      assertThat(one(lines, "status=400 ").get("requestId").asText()).isEqualTo("req-2");
    }
  }

  private static JsonNode one(List<JsonNode> lines, String words) {
    List<JsonNode> found =
        lines.stream()
            .filter(line -> line.get("message").asText().contains(words))
            .filter(line -> !line.get("message").asText().contains("/api/probe"))
            .toList();
    assertThat(found).as("lines with '%s' of %s", words, lines).hasSize(1);
    return found.get(0);
  }
}
