package hub.util.step;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The idempotency key of a call in a handler: made of its event, the handler and the step's id. */
class StepKeysTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  /** A step without an id where {@code id} is empty; under the usual operation where that is. */
  private static String call(String id, String operation, String path) {
    return "- to:\n"
        + (id.isEmpty() ? "" : "    id: " + id + "\n")
        + "    uri: kamelet:http-api-action\n"
        + "    parameters:\n"
        + "      baseUrl: http://localhost:%d\n".formatted(API.port())
        + "      path: %s\n".formatted(path)
        + "      method: POST\n"
        + "      maxRetries: 0\n"
        + "      breaker: crm\n"
        + (operation.isEmpty() ? "" : "      operation: " + operation + "\n");
  }

  private static String split(String list, String... steps) {
    return """
        - split:
            simple:
              expression: "%s"
            steps:
        """
            .formatted(list)
        + String.join("", steps).indent(6);
  }

  private static String loop(String... steps) {
    return """
        - loop:
            constant:
              expression: "2"
            steps:
        """
        + String.join("", steps).indent(6);
  }

  private static String route(String id, String from, String... steps) {
    return """
        - route:
            id: %s
            description: Calls.
            from:
              uri: %s
              steps:
        %s
        """
        .formatted(id, from, String.join("", steps).indent(8).stripTrailing());
  }

  private static TestHub.Builder handler(TestHub.Builder builder, String id, String... steps) {
    return builder.route(id, route(id, "inbox:" + id + "?retryDelaysSeconds=0,0,0", steps));
  }

  @BeforeAll
  static void start() {
    API.start();
    TestHub.Builder builder =
        TestHub.on(Store.H2)
            .with("hub.breaker.attempts", "1000")
            .with("hub.inbox.poll-seconds", "1")
            .routeFile("policies/*.camel.yaml")
            .route("ask-crm", route("ask-crm", "direct:ask-crm", call("ask", "", "/shared")));
    handler(builder, "call-twice", call("first", "", "/first"), call("second", "", "/second"));
    handler(builder, "call-by-operation", call("", "find", "/find"), call("", "change", "/change"));
    handler(
        builder,
        "call-around",
        call("before", "", "/before"),
        split(
            "${list(a,b)}",
            loop(
                loop(call("inner", "", "/inner")),
                call("between", "", "/between"),
                split("${list(c,d)}", call("innermost", "", "/innermost")),
                call("behind", "", "/behind"))));
    handler(
        builder,
        "call-shared",
        "- to:\n    id: morning\n    uri: direct:ask-crm\n",
        split("${list(a,b)}", "- to:\n    id: evening\n    uri: direct:ask-crm\n"));
    handler(
        builder,
        "call-unseen",
        "- toD:\n    uri: direct:ask-${variable.type}\n",
        "- toD:\n    uri: direct:ask-${variable.type}\n");
    hub = builder.start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    API.stop();
  }

  @BeforeEach
  void forget() {
    API.resetAll();
    API.stubFor(post(anyUrl()).willReturn(okJson("{}")));
  }

  private static String handle(String handler, String type, String status) {
    String event = hub.append(handler, handler, type, null, "{}");
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.query(
                        "SELECT status FROM inbox_delivery WHERE event_id = CAST(? AS uuid)", event)
                    .orElse("")
                    .equals(status));
    return event;
  }

  private static List<String> keys(String path) {
    return API.findAll(postRequestedFor(urlEqualTo(path))).stream()
        .sorted(Comparator.comparing(LoggedRequest::getLoggedDate))
        .map(request -> request.getHeader("Idempotency-Key"))
        .toList();
  }

  @Test
  void a_key_is_made_of_event_handler_and_the_steps_id_and_stays_in_a_retry() {
    API.stubFor(
        post("/second")
            .inScenario("second")
            .whenScenarioStateIs(Scenario.STARTED)
            .willReturn(aResponse().withStatus(500))
            .willSetStateTo("well"));

    String event = handle("call-twice", "x", "done");

    String key = event + "/call-twice/";
    assertThat(keys("/first")).containsExactly(key + "first", key + "first");
    assertThat(keys("/second")).containsExactly(key + "second", key + "second");
  }

  @Test
  void the_operation_stands_for_the_id_of_a_step_without_one() {
    String event = handle("call-by-operation", "x", "done");

    assertThat(keys("/find")).containsExactly(event + "/call-by-operation/find");
    assertThat(keys("/change")).containsExactly(event + "/call-by-operation/change");
  }

  @Test
  void the_turns_of_all_splits_and_loops_around_are_in_the_key() {
    String event = handle("call-around", "x", "done");

    String key = event + "/call-around/";
    assertThat(keys("/before")).containsExactly(key + "before");
    assertThat(keys("/between"))
        .containsExactlyInAnyOrder(
            key + "between/0/0", key + "between/0/1", key + "between/1/0", key + "between/1/1");
    assertThat(keys("/behind"))
        .as("after inner ones have left their turns")
        .containsExactlyInAnyOrder(
            key + "behind/0/0", key + "behind/0/1", key + "behind/1/0", key + "behind/1/1");
    assertThat(keys("/inner")).hasSize(8).doesNotHaveDuplicates().contains(key + "inner/1/0/1");
    assertThat(keys("/innermost"))
        .hasSize(8)
        .doesNotHaveDuplicates()
        .contains(key + "innermost/1/0/1");
  }

  @Test
  void a_route_that_two_steps_share_calls_under_the_id_of_each() {
    String event = handle("call-shared", "x", "done");

    String key = event + "/call-shared/";
    assertThat(keys("/shared"))
        .containsExactlyInAnyOrder(
            key + "morning/ask", key + "evening/ask/0", key + "evening/ask/1");
  }

  @Test
  void two_calls_that_would_share_a_key_and_that_no_lint_sees_are_not_both_made() {
    String event = handle("call-unseen", "crm", "dead");

    assertThat(keys("/shared")).as("the first, once in each attempt").hasSize(4);
    String error =
        hub.query("SELECT last_error FROM inbox_delivery WHERE event_id = CAST(? AS uuid)", event)
            .orElseThrow();
    assertThat(error)
        .contains("two calls of handler call-unseen would share an idempotency key")
        .contains("routes/call-unseen.camel.yaml:7")
        .contains("routes/call-unseen.camel.yaml:9");
  }
}
