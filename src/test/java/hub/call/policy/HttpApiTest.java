package hub.call.policy;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Kamelet {@code http-api-action} against an API that can misbehave. */
class HttpApiTest {
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  @BeforeAll
  static void start() {
    API.start();
    hub =
        TestHub.on(Store.H2)
            .with("CRM_KEY", "s3cret+key")
            .routeFile("policies/*.camel.yaml")
            .route("crm-find", route("crm-find", "GET", "/things/{id}", ""))
            .route(
                "crm-locked",
                route("crm-locked", "GET", "/things/{id}", "").replace("CRM_KEY", "CRM_KEY_UNSET"))
            .route(
                "cached",
                route("cached", "GET", "/cached", "")
                    .replace(
                        "breaker: cached",
                        "breaker: cached\n              cacheSeconds: 60\n              headers: 'X-Tenant: {id}'"))
            .route("hooked", route("hooked", "POST", "/hook", ""))
            .route(
                "splitting",
                climb(
                    "splitting",
                    "a\\r\\nX-Evil: 1",
                    "path: /climb/header",
                    "headers: \"X-Of: {id}\""))
            .route("climbing", climb("climbing", "..", "path: \"/climb/{id}/secret\""))
            .route(
                "missing",
                bare(
                    "missing",
                    """
                    - to:
                        id: ask-missing
                        uri: kamelet:http-api-action
                        parameters:
                          baseUrl: http://localhost:%d
                          path: /climb/search
                          query: "q={term}"
                          breaker: climb
                    """
                        .formatted(API.port())))
            .route(
                "note-missing",
                """
                - route:
                    id: note-missing
                    description: Asks for what the event does not say.
                    from:
                      uri: inbox:shop
                      parameters: {refused: park}
                      steps:
                        - to:
                            id: ask-of-event
                            uri: kamelet:http-api-action
                            parameters:
                              baseUrl: http://localhost:%d
                              path: "/climb/{term}"
                              breaker: climb
                """
                    .formatted(API.port()))
            .route("crm-add", route("crm-add", "POST", "/things", ""))
            .with("CHAT_URL", API.baseUrl() + "/services/T0/s3cr3t?wait=true")
            .with("CHAT_URL_WRONG", "https://chat.example.com/s3cr3t path")
            .route("chat", chat("chat", "CHAT_URL"))
            .route("chat-wrong", chat("chat-wrong", "CHAT_URL_WRONG"))
            .route("chat-unset", chat("chat-unset", "CHAT_URL_UNSET"))
            .route(
                "wrapped",
                """
                - route:
                    id: wrapped
                    description: Any steps under the policy.
                    from:
                      uri: platform-http:/api/test/wrapped
                      steps:
                        - kamelet:
                            name: provider-call-action
                            parameters:
                              provider: flaky
                              operation: try
                            steps:
                              - process:
                                  ref: flaky
                """)
            .bind("flaky", (org.apache.camel.Processor) HttpApiTest::flaky)
            .start();
  }

  private static final java.util.concurrent.atomic.AtomicInteger TRIES =
      new java.util.concurrent.atomic.AtomicInteger();

  private static void flaky(org.apache.camel.Exchange exchange) throws java.io.IOException {
    if (TRIES.incrementAndGet() < 3) {
      throw new java.net.ConnectException("refused");
    }
    exchange.getMessage().setBody("third time");
  }

  @Test
  void any_steps_can_be_a_call() {
    assertThat(hub.get("/api/test/wrapped").body()).isEqualTo("third time");
  }

  private static String bare(String id, String steps) {
    return """
        - route:
            id: %1$s
            description: Calls the API.
            from:
              uri: platform-http:/api/test/%1$s
              steps:
        """
            .formatted(id)
        + steps.indent(8);
  }

  /** Asks with the variable {@code id} set to what the value of a path or header must not be. */
  private static String climb(String name, String id, String... parameters) {
    return bare(
        name,
        """
        - setVariable:
            name: id
            expression:
              constant:
                expression: "%s"
        - to:
            id: ask-%s
            uri: kamelet:http-api-action
            parameters:
              baseUrl: http://localhost:%d
              breaker: climb
              %s
        """
            .formatted(id, name, API.port(), String.join("\n      ", parameters)));
  }

  /** Posts JSON, compressed, to an address that is a secret. */
  private static String chat(String id, String variable) {
    return bare(
        id,
        """
        - setBody:
            expression:
              constant:
                expression: '{"text":"hello"}'
        - to:
            id: post-%1$s
            uri: kamelet:http-api-action
            parameters:
              baseUrlSecret: %2$s
              method: POST
              gzip: true
              expect: none
              provider: %1$s
              operation: post
        """
            .formatted(id, variable));
  }

  private static String route(String id, String method, String path, String more) {
    return """
        - route:
            id: %s
            description: Calls the API.
            from:
              uri: platform-http:/api/test/%s/{id}
              steps:
                - setBody:
                    expression:
                      simple:
                        expression: '{"a":1}'
                - to:
                    id: call-%s
                    uri: kamelet:http-api-action
                    parameters:
                      baseUrl: http://localhost:%d
                      method: %s
                      path: "%s"
                      auth: bearer
                      secret: CRM_KEY
                      breaker: %s
                      operation: call
        %s
                - marshal:
                    json:
                      library: Jackson
        """
        .formatted(id, id, id, API.port(), method, path, id, more);
  }

  @AfterAll
  static void stop() {
    hub.close();
    API.stop();
  }

  @Test
  void an_answer_comes_back_as_the_body() {
    API.stubFor(
        get(urlEqualTo("/things/a%20b"))
            .withHeader("Authorization", equalTo("Bearer s3cret+key"))
            .willReturn(okJson("{\"name\":\"x\"}")));

    HttpResponse<String> answer = hub.get("/api/test/crm-find/a%20b");

    assertThat(answer.body()).isEqualTo("{\"name\":\"x\"}");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void a_cached_answer_is_nobody_elses() {
    API.stubFor(
        get(urlEqualTo("/cached"))
            .withHeader("X-Tenant", equalTo("a"))
            .willReturn(okJson("{\"of\":\"a\"}")));
    API.stubFor(
        get(urlEqualTo("/cached"))
            .withHeader("X-Tenant", equalTo("b"))
            .willReturn(okJson("{\"of\":\"b\"}")));

    assertThat(hub.get("/api/test/cached/a").body()).isEqualTo("{\"of\":\"a\"}");
    assertThat(hub.get("/api/test/cached/b").body()).isEqualTo("{\"of\":\"b\"}");
    assertThat(hub.get("/api/test/cached/a").body()).isEqualTo("{\"of\":\"a\"}");
    API.verify(2, getRequestedFor(urlEqualTo("/cached")));
  }

  @Test
  void a_post_that_was_taken_is_not_repeated_for_the_form_of_its_answer() {
    API.stubFor(
        post("/hook")
            .willReturn(aResponse().withHeader("Content-Type", "text/html").withBody("ok")));

    HttpResponse<String> answer = hub.get("/api/test/hooked/x");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("\"ok\"");
    API.verify(1, postRequestedFor(urlEqualTo("/hook")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"climbing", "splitting"})
  void a_value_that_climbs_or_splits_is_refused_before_anything_is_sent(String route) {
    HttpResponse<String> answer = hub.get("/api/test/" + route);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid");
    API.verify(0, getRequestedFor(urlMatching("/climb/.*")));
  }

  @Test
  void a_value_that_the_caller_left_out_is_named_before_anything_is_sent() {
    HttpResponse<String> answer = hub.get("/api/test/missing");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid", "The value of '{term}' is missing");
    API.verify(0, getRequestedFor(urlMatching("/climb/.*")));
  }

  @Test
  void an_event_without_the_value_is_parked_at_once() {
    hub.append("shop", "1", "any", null, "{}");

    await().until(() -> hub.query("SELECT status FROM inbox_delivery").equals(Optional.of("dead")));
    assertThat(hub.query("SELECT attempts FROM inbox_delivery")).contains("1");
    API.verify(0, getRequestedFor(urlMatching("/climb/.*")));
  }

  @Test
  void an_address_that_is_a_secret_is_posted_to_as_it_is_and_the_body_is_compressed() {
    API.stubFor(
        post("/services/T0/s3cr3t?wait=true")
            .withHeader("Content-Encoding", equalTo("gzip"))
            .willReturn(aResponse().withBody("ok")));

    HttpResponse<String> answer = hub.get("/api/test/chat");

    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
    API.verify(
        1,
        postRequestedFor(urlEqualTo("/services/T0/s3cr3t?wait=true"))
            .withHeader("Content-Type", equalTo("application/json"))
            .withRequestBody(equalTo("{\"text\":\"hello\"}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"chat-wrong", "chat-unset"})
  void a_secret_address_that_is_none_is_told_by_its_name_alone(String route) {
    String variable = route.toUpperCase(java.util.Locale.ROOT).replace("CHAT-", "CHAT_URL_");
    try (LogLines log = LogLines.of("hub")) {
      HttpResponse<String> answer = hub.get("/api/test/" + route);

      assertThat(answer.statusCode()).isGreaterThanOrEqualTo(500);
      assertThat(answer.body() + log.lines()).contains(variable).doesNotContain("s3cr3t");
    }
  }

  @Test
  void without_its_secret_it_says_which_one_to_set() {
    HttpResponse<String> answer = hub.get("/api/test/crm-locked/x");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .contains(
            "not-configured",
            "set CRM_KEY_UNSET; a change takes effect within ten seconds in a file of hub.secrets-dir, elsewhere at the next start");
    assertThat(hub.json("/api/admin/integrations").toString())
        .contains("\"status\":\"not-configured\"");
  }

  @Test
  void a_call_that_failed_twice_is_made_again_with_the_same_key() {
    API.stubFor(
        post("/things")
            .inScenario("twice")
            .willReturn(aResponse().withStatus(500))
            .willSetStateTo("once"));
    API.stubFor(
        post("/things")
            .inScenario("twice")
            .whenScenarioStateIs("once")
            .willReturn(aResponse().withStatus(503).withHeader("Retry-After", "1"))
            .willSetStateTo("well"));
    API.stubFor(
        post("/things")
            .inScenario("twice")
            .whenScenarioStateIs("well")
            .willReturn(okJson("{\"id\":1}")));

    HttpResponse<String> answer = hub.get("/api/test/crm-add/x");

    assertThat(answer.body()).isEqualTo("{\"id\":1}");
    String key = answer.headers().firstValue("Idempotency-Key").orElseThrow();
    API.verify(
        3, postRequestedFor(urlEqualTo("/things")).withHeader("Idempotency-Key", equalTo(key)));
  }
}
