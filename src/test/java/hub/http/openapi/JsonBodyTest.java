package hub.http.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonBodyTest {
  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub =
        TestHub.on(Store.H2)
            .with("hub.public-url", "https://hub.example.com")
            .route(
                "take-body",
                """
                - route:
                    id: take-body
                    description: Takes a body that looks like a problem.
                    from:
                      uri: platform-http:/api/test/body
                      parameters:
                        httpMethodRestrict: POST
                      steps:
                        - to:
                            uri: kamelet:json-body-action
                            parameters:
                              schema: Problem
                              maxBytes: 1000
                        - setBody:
                            expression:
                              simple:
                                expression: "${body[title]}"
                """)
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static HttpResponse<String> post(String body) {
    return hub.post(
        "/api/test/body",
        body,
        "Authorization",
        "Bearer " + TestHub.API_KEY,
        "Content-Type",
        "application/json");
  }

  @Test
  void a_body_that_fits_is_a_map_to_the_route() {
    HttpResponse<String> answer =
        post("{\"type\":\"a\",\"title\":\"b\",\"status\":1,\"detail\":\"c\",\"requestId\":\"d\"}");

    assertThat(answer.body()).isEqualTo("b");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void every_fault_is_named() {
    HttpResponse<String> answer = post("{\"type\":1,\"title\":\"b\",\"status\":\"x\"}");

    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.at("/type").asText()).isEqualTo("urn:hub:problem:payload-invalid");
    assertThat(problem.at("/detail").asText())
        .contains("detail is missing")
        .contains("requestId is missing")
        .contains("type ")
        .contains("status ");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {
        "'',empty",
        "'{',no JSON document",
        "'[]',the body",
        "'{\"a\":1,\"a\":2}',no JSON document"
      })
  void what_is_no_object_is_refused(String body, String detail) {
    HttpResponse<String> answer = post(body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(Json.own(answer.body()).at("/detail").asText()).contains(detail);
  }

  @Test
  void a_body_that_is_too_large_is_413() {
    HttpResponse<String> answer = post("\"" + "x".repeat(1_000) + "\"");

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("payload-too-large");
  }

  @Test
  void a_body_over_the_limit_of_all_paths_is_not_told_of_webhooks_sources() {
    HttpResponse<String> answer = post("\"" + "x".repeat(1 << 20) + "\"");

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(Json.own(answer.body()).at("/detail").asText())
        .isEqualTo(
            "The body is larger than the 1048576 bytes that are taken here; see"
                + " hub.webhook.max-body-bytes.");
  }

  @Test
  void the_description_is_served_to_callers_alone() {
    JsonNode document = hub.json("/api/openapi.json");

    assertThat(document.at("/openapi").asText()).startsWith("3.");
    assertThat(document.at("/servers/0/url").asText()).isEqualTo("https://hub.example.com");
    assertThat(document.at("/paths").has("/api/payments/subscriptions/{id}")).isTrue();
    assertThat(hub.send("GET", "/api/openapi.json", new byte[0]).statusCode()).isEqualTo(401);
  }
}
