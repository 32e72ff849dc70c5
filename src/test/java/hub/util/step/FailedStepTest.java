package hub.util.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors name the step that the author of a route wrote. */
class FailedStepTest {
  private static final String MADE_UP = "(?s).*\\b[a-zA-Z]+\\d+ \\(.*|(?s).*process\\d+.*";

  @TempDir static Path kamelets;
  private static TestHub hub;

  private static String route(String id, String from, String steps) {
    return """
        - route:
            id: %s
            description: Fails.
            from:
              uri: %s
              steps:
        %s
        """
        .formatted(id, from, steps.indent(8).stripTrailing());
  }

  private static final String THROW =
      """
      - setBody:
          constant:
            expression: x
      - filter:
          simple:
            expression: ${body} == 'x'
          steps:
            - throwException:
                exceptionType: java.lang.IllegalStateException
                message: broken
      """;

  private static final String OWN_KAMELET =
      """
      apiVersion: camel.apache.org/v1
      kind: Kamelet
      metadata:
        name: own-action
        labels:
          camel.apache.org/kamelet.type: action
      spec:
        definition:
          title: Own
          description: Fails inside.
          type: object
        template:
          from:
            uri: kamelet:source
            steps:
              - throwException:
                  id: refuse
                  exceptionType: java.lang.IllegalStateException
                  message: broken inside
      """;

  @BeforeAll
  static void start() throws Exception {
    Files.writeString(kamelets.resolve("own-action.kamelet.yaml"), OWN_KAMELET);
    hub =
        TestHub.on(Store.H2)
            .with(
                "camel.component.kamelet.location",
                "file:" + kamelets + ",file:routes/kamelets,classpath:kamelets")
            .routeFile("policies/*.camel.yaml")
            .route("lack-id", route("lack-id", "inbox:lack-id?retryDelaysSeconds=9", THROW))
            .route(
                "ask-nobody",
                route(
                    "ask-nobody",
                    "inbox:ask-nobody?retryDelaysSeconds=9",
                    """
                    - to:
                        id: ask-the-crm
                        uri: kamelet:http-api-action
                        parameters:
                          baseUrl: http://localhost:1
                          breaker: crm
                          maxRetries: 0
                    """))
            .route(
                "use-own",
                route(
                    "use-own",
                    "inbox:use-own?retryDelaysSeconds=9",
                    "- to:\n    id: use\n    uri: kamelet:own-action\n"))
            .route(
                "answer-own",
                route(
                    "answer-own",
                    "platform-http:/api/test/own",
                    "- to:\n    id: use-in-answer\n    uri: kamelet:own-action\n"))
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static String error(String handler) {
    String event = hub.append(handler, handler, "x", null, "{}");
    String sql = "SELECT last_error FROM inbox_delivery WHERE event_id = CAST(? AS uuid)";
    await().atMost(Duration.ofSeconds(30)).until(() -> hub.query(sql, event).isPresent());
    return hub.query(sql, event).orElseThrow();
  }

  @Test
  void a_step_without_an_id_is_called_by_its_route_and_place() {
    assertThat(error("lack-id"))
        .isEqualTo(
            "lack-id/throwException-3 (routes/lack-id.camel.yaml:14): IllegalStateException: broken");
  }

  @Test
  void a_call_that_failed_is_the_step_that_made_it() {
    assertThat(error("ask-nobody"))
        .startsWith("ask-the-crm (routes/ask-nobody.camel.yaml:7): ")
        .doesNotContain(".kamelet.yaml")
        .doesNotMatch(MADE_UP);
  }

  @Test
  void where_in_a_kamelet_is_said_beside_the_step_that_uses_it() {
    assertThat(error("use-own"))
        .startsWith("use (routes/use-own.camel.yaml:7), in refuse (own-action.kamelet.yaml:16): ")
        .endsWith("IllegalStateException: broken inside");
  }

  @Test
  void answers_and_logs_name_it_too() {
    try (LogLines lines = LogLines.of("hub.http.server.RequestPipeline")) {
      HttpResponse<String> answer = hub.get("/api/test/own");

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body()).contains("use-in-answer (routes/answer-own.camel.yaml:7)");
      // The answer may be there before the line is.
      await()
          .untilAsserted(
              () ->
                  assertThat(lines.lines())
                      .anyMatch(
                          line ->
                              line.contains(
                                  "failed at use-in-answer (routes/answer-own.camel.yaml:7)")));
    }
  }
}
