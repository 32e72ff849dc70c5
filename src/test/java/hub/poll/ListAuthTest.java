package hub.poll;

import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lists that are read with a token of the hub itself, by polls and by catch-ups. */
class ListAuthTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  @BeforeAll
  static void start() throws Exception {
    API.start();
    serve();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String key =
        "-----BEGIN PRIVATE KEY-----\\n"
            + Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
            + "\\n-----END PRIVATE KEY-----";
    String client =
        "auth: client-credentials\ntokenUrl: %s/token\nclientId: CRM_ID\nscope: read\nclientSecret: "
            .formatted(API.baseUrl());
    String app =
        "auth: github-app\nappId: \"77\"\ninstallationId: \"42\"\nprivateKey: APP_KEY\n"
            + "baseUrl: "
            + API.baseUrl();
    String crm = "baseUrl: " + API.baseUrl() + "\npath: /contacts\nitems: $.data\neventId: $.id\n";
    hub =
        TestHub.on(Store.H2)
            .with("CRM_ID", "the-id")
            .with("CRM_SECRET", "s3cret")
            .with("APP_KEY", key)
            .with("GITHUB_WEBHOOK_SECRET", "a-secret-of-the-tests")
            .routeFile("github/github-webhook.camel.yaml")
            .route(
                "app-webhook",
                """
                - route:
                    id: app-webhook
                    description: Receives the app's events.
                    from:
                      uri: kamelet:webhook-source
                      parameters:
                        source: app
                        scheme: github
                        secrets: GITHUB_WEBHOOK_SECRET
                      steps:
                        - to:
                            id: store-app-event
                            uri: inbox:app
                """)
            .route("crm-poll", route("poll", "crm", crm + client + "CRM_SECRET"))
            .route("unset-poll", route("poll", "unset", crm + client + "CRM_SECRET_UNSET"))
            .route(
                "issues-poll",
                route("poll", "issues", "path: /issues\nitems: $\neventId: $.id\n" + app))
            .route(
                "orders-catch-up",
                route("catch-up", "orders", "provider: http\n" + crm + client + "CRM_SECRET"))
            .route(
                "github-catch-up",
                route(
                    "catch-up",
                    "github",
                    "provider: github\npath: /repos/acme/shop/hooks/7/deliveries\n" + app))
            .route(
                "app-catch-up",
                route(
                    "catch-up",
                    "app",
                    "provider: github\npath: /app/hook/deliveries\n"
                        + app.replace("installationId: \"42\"\n", "")))
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    API.stop();
  }

  private static void serve() {
    API.stubFor(
        post("/token").willReturn(okJson("{\"access_token\":\"one\",\"expires_in\":3600}")));
    API.stubFor(
        post("/app/installations/42/access_tokens")
            .willReturn(
                okJson(
                    "{\"token\":\"ghs_1\",\"expires_at\":\""
                        + Instant.now().plusSeconds(3600)
                        + "\"}")));
    page("/contacts", "one", "{\"data\":[{\"id\":\"c1\"}]}");
    page("/issues", "ghs_1", "[{\"id\":\"i1\"}]");
    String attempt =
        "{\"id\":9,\"guid\":\"g1\",\"delivered_at\":\"%s\",\"status_code\":502,\"event\":\"push\""
            .formatted(Instant.now().minusSeconds(60));
    page("/repos/acme/shop/hooks/7/deliveries", "ghs_1", "[" + attempt + "}]");
    page(
        "/repos/acme/shop/hooks/7/deliveries/9",
        "ghs_1",
        attempt
            + ",\"request\":{\"headers\":{\"X-GitHub-Delivery\":\"g1\",\"X-GitHub-Event\":\"push\"},"
            + "\"payload\":{\"ref\":\"main\"}}}");
    serveApp(
        attempt.replace("g1", "g2")
            + ",\"request\":{\"headers\":{\"X-GitHub-Delivery\":\"g2\",\"X-GitHub-Event\":\"push\"},"
            + "\"payload\":{\"ref\":\"main\"}}}");
  }

  /** A JWT has three parts. */
  private static void serveApp(String attempt) {
    for (String path : new String[] {"/app/hook/deliveries", "/app/hook/deliveries/9"}) {
      API.stubFor(
          get(urlPathEqualTo(path))
              .withHeader("Authorization", matching("Bearer [\\w-]+\\.[\\w-]+\\.[\\w-]+"))
              .willReturn(okJson(path.endsWith("9") ? attempt : "[" + attempt + "]")));
    }
  }

  private static void page(String path, String token, String body) {
    API.stubFor(
        get(urlPathEqualTo(path))
            .withHeader("Authorization", equalTo("Bearer " + token))
            .willReturn(okJson(body)));
  }

  private static String route(String kind, String source, String parameters) {
    return """
        - route:
            id: %2$s-%1$s
            description: Reads a list.
            from:
              uri: kamelet:%1$s-source
              parameters:
                source: %2$s
        %3$s
              steps:
                - to:
                    id: store-%2$s
                    uri: inbox:%2$s
        """
        .formatted(kind, source, parameters.strip().indent(8).stripTrailing());
  }

  private static void awaitEvent(String source, String id) {
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT provider_event_id FROM inbox_event WHERE source = ?", source))
                    .contains(id));
  }

  private static void caughtUp(String source) {
    HttpResponse<String> started =
        hub.operate("/api/admin/catch-ups", "{\"source\":\"" + source + "\",\"since\":\"1h\"}");
    assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
    String path = "/api/admin/catch-ups/" + Json.own(started.body()).get("id").asText();
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(hub.json(path).get("state").asText())
                    .as(hub.json(path).toString())
                    .isEqualTo("done"));
  }

  @Test
  void polls_take_a_token_by_client_credentials_and_of_a_github_app() {
    awaitEvent("crm", "c1");
    awaitEvent("issues", "i1");
    API.verify(1, postRequestedFor(urlEqualTo("/app/installations/42/access_tokens")));
  }

  @Test
  void catch_ups_take_the_same() {
    caughtUp("orders");
    awaitEvent("orders", "c1");
    caughtUp("github");
    awaitEvent("github", "g1");
  }

  @Test
  void a_catch_up_of_an_apps_own_webhook_shows_the_apps_jwt() {
    caughtUp("app");
    awaitEvent("app", "g2");
  }

  @Test
  void a_poll_whose_client_secret_is_not_set_asks_nothing_and_names_it() {
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.query("SELECT last_error FROM poll_cursor WHERE source = 'unset'")
                    .filter(text -> text.contains("CRM_SECRET_UNSET"))
                    .isPresent());
    assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'unset'"))
        .isEqualTo(Optional.of("0"));
  }
}
