package hub.identity.token;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Hubs;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.spi.Registry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /api/auth/tokens}, and routes that use tokens. */
@Tag("postgres")
class TokensApiTest {
  private static final String TOKENS_KEY = "a-key-that-opens-the-tokens";
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());
  private static final RotatingProvider PROVIDER = new RotatingProvider(Clock.systemUTC());
  private static final AtomicInteger PEOPLE = new AtomicInteger();
  private static final Hubs HUBS = new Hubs(TokensApiTest::start);

  private final String ada = "auth0|" + PEOPLE.incrementAndGet();
  private final String path = "/api/auth/tokens/github/" + ada.replace("|", "%7C");

  @BeforeAll
  static void startApi() {
    API.start();
  }

  @AfterAll
  static void stop() {
    HUBS.close();
    API.stop();
  }

  private static TestHub start(Store store) {
    TestHub hub =
        TestHub.on(store)
            .with(
                "hub.api-keys",
                "test:" + TestHub.API_KEY + ",vault:" + TOKENS_KEY + ":tokens+payments")
            .routeFile("policies/*.camel.yaml")
            .route("show-profile", SHOW_PROFILE.formatted(API.port()))
            .route("leave-token", LEAVE_TOKEN)
            .route("by-method", BY_METHOD)
            .start();
    Registry registry = hub.context().getRegistry();
    registry.unbind(TokenEndpoint.BEAN);
    registry.bind(TokenEndpoint.BEAN, PROVIDER);
    return hub;
  }

  private static final String SHOW_PROFILE =
      """
      - route:
          id: show-profile
          description: Shows a person's profile.
          from:
            uri: platform-http:/api/test/profiles/{person}
            steps:
              - to:
                  uri: kamelet:http-api-action
                  parameters:
                    baseUrl: http://localhost:%d
                    path: /me
                    auth: oauth
                    secret: github
                    authSubject: "{person}"
                    breaker: profiles
                    operation: show
              - marshal:
                  json:
                    library: Jackson
      """;

  private static final String LEAVE_TOKEN =
      """
      - route:
          id: leave-token
          description: Uses a person's token itself.
          from:
            uri: platform-http:/api/test/lengths/{login}/{person}
            steps:
              - to:
                  uri: kamelet:oauth-token-action
                  parameters:
                    provider: "{login}"
                    subject: "{person}"
              - setHeader:
                  name: Length
                  expression:
                    simple:
                      expression: "${variable.accessToken.length}"
              - setBody:
                  expression:
                    simple:
                      expression: "${headers}"
      """;

  private static final String BY_METHOD =
      """
      - route:
          id: by-method
          description: Asks the vault in an expression.
          from:
            uri: platform-http:/api/test/methods/{person}
            steps:
              - setVariable:
                  name: token
                  expression:
                    method:
                      ref: tokens
                      method: "accessToken('github', ${header.person})"
              - setBody:
                  expression:
                    simple:
                      expression: "${variable.token}"
      """;

  private static HttpResponse<String> send(TestHub hub, String method, String path) {
    return hub.send(method, path, new byte[0], "Authorization", "Bearer " + TOKENS_KEY);
  }

  private static TokenStore vault(TestHub hub) {
    return hub.context().getRegistry().findSingleByType(TokenStore.class);
  }

  private TokenSet logIn(TestHub hub) {
    TokenSet given = PROVIDER.login();
    vault(hub).store("github", ada, given);
    return given;
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains("urn:hub:problem:" + reason + "\"");
    PROVIDER
        .givenOut()
        .forEach(token -> assertThat(answer.body()).as("no token").doesNotContain(token));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_caller_with_the_scope_gets_a_token_that_nobody_may_keep(Store store) {
    TestHub hub = HUBS.on(store);
    TokenSet given = logIn(hub);

    HttpResponse<String> answer = send(hub, "GET", path);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode json = Json.own(answer.body());
    assertThat(json.get("accessToken").asText()).isEqualTo(given.accessToken());
    assertThat(Instant.parse(json.get("expiresAt").asText()))
        .isBetween(
            given.expiresAt().orElseThrow().minusMillis(2),
            given.expiresAt().orElseThrow().plusMillis(2));
    assertThat(json.get("scope").asText()).isEqualTo("read write");
    assertThat(json.properties()).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_token_without_an_end_has_none_in_the_answer(Store store) {
    TestHub hub = HUBS.on(store);
    vault(hub).store("github", ada, new TokenSet("gho", Optional.empty(), Optional.empty(), ""));

    assertThat(send(hub, "GET", path).body())
        .isEqualTo("{\"accessToken\":\"gho\",\"expiresAt\":null,\"scope\":\"\"}");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void without_the_scope_nobody_gets_one(Store store) {
    TestHub hub = HUBS.on(store);
    logIn(hub);

    for (String method : List.of("GET", "POST", "DELETE")) {
      String asked = method.equals("POST") ? path + "/refresh" : path;
      assertProblem(hub.send(method, asked, new byte[0]), 401, "key-missing");
      assertProblem(
          hub.send(method, asked, new byte[0], "Authorization", "Bearer " + TestHub.API_KEY),
          403,
          "not-permitted");
      assertProblem(
          hub.send(method, asked, new byte[0], "Authorization", "Bearer " + TestHub.ADMIN_KEY),
          403,
          "not-permitted");
    }
    assertProblem(
        hub.send(
            "POST",
            "/api/admin/tokens/rotate",
            new byte[0],
            "Authorization",
            "Bearer " + TOKENS_KEY),
        403,
        "not-permitted");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_refresh_can_be_forced_and_what_it_gave_is_given_from_then_on(Store store) {
    TestHub hub = HUBS.on(store);
    TokenSet given = logIn(hub);

    HttpResponse<String> forced = send(hub, "POST", path + "/refresh");

    assertThat(forced.statusCode()).as(forced.body()).isEqualTo(200);
    assertThat(forced.headers().firstValue("Cache-Control")).contains("no-store");
    String fresh = Json.own(forced.body()).get("accessToken").asText();
    assertThat(fresh).isNotEqualTo(given.accessToken());
    assertThat(send(hub, "GET", path).body()).contains(fresh);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whoever_is_not_known_or_revoked_is_told_apart(Store store) {
    TestHub hub = HUBS.on(store);
    assertProblem(send(hub, "GET", path), 404, "person-unknown");
    assertProblem(send(hub, "POST", path + "/refresh"), 404, "person-unknown");
    assertProblem(send(hub, "DELETE", path), 404, "person-unknown");
    assertProblem(
        send(hub, "GET", "/api/auth/tokens/github/" + "x".repeat(300)), 404, "person-unknown");
    assertProblem(send(hub, "GET", "/api/auth/tokens/github"), 404, "not-found");
    assertProblem(send(hub, "GET", "/api/auth/tokens/github/a/b"), 404, "not-found");
    assertProblem(send(hub, "PUT", path), 405, "method-not-allowed");
    assertProblem(send(hub, "GET", "/api/auth/tokens/github/%00"), 400, "payload-invalid");

    vault(hub)
        .store(
            "github",
            ada,
            new TokenSet(
                "gho", Optional.of("never-given"), Optional.of(Instant.now().minusSeconds(1)), ""));
    assertProblem(send(hub, "GET", path), 409, "login-required");
    assertProblem(send(hub, "GET", path), 409, "login-required");
    assertThat(send(hub, "GET", path).body()).contains("/api/auth/github/login");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_person_can_be_forgotten(Store store) {
    TestHub hub = HUBS.on(store);
    TokenSet given = logIn(hub);

    HttpResponse<String> gone = send(hub, "DELETE", path);

    assertThat(gone.statusCode()).isEqualTo(204);
    assertThat(gone.body()).isEmpty();
    assertThat(PROVIDER.revoked()).contains(given.refreshToken().orElseThrow());
    assertProblem(send(hub, "GET", path), 404, "person-unknown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a/b", "a+b", "a b", "50%", "ключ", "a?b#c", "refresh", "a;b=c"})
  void a_subject_is_whatever_the_provider_calls_a_person(String subject) {
    TestHub hub = HUBS.on(Store.H2);
    TokenSet given = PROVIDER.login();
    vault(hub).store("github", subject, given);
    String encoded =
        java.net.URLEncoder.encode(subject, java.nio.charset.StandardCharsets.UTF_8)
            .replace("+", "%20");

    String asked = "/api/auth/tokens/github/" + encoded;

    assertThat(send(hub, "GET", asked).body()).contains(given.accessToken());
    assertThat(send(hub, "POST", asked + "/refresh").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void only_the_path_says_whose_token_it_is(Store store) {
    TestHub hub = HUBS.on(store);
    TokenSet given = logIn(hub);
    vault(hub).store("github", "eve", PROVIDER.login());

    HttpResponse<String> answer =
        hub.send(
            "GET",
            path + "?subject=eve&provider=google",
            new byte[0],
            "Authorization",
            "Bearer " + TOKENS_KEY,
            "Subject",
            "eve");

    assertThat(answer.body()).contains(given.accessToken());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_route_calls_an_api_with_a_persons_token(Store store) {
    TestHub hub = HUBS.on(store);
    TokenSet given = logIn(hub);
    API.resetAll();
    API.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(401)));
    API.stubFor(
        get("/me")
            .withHeader("Authorization", equalTo("Bearer " + given.accessToken()))
            .willReturn(okJson("{\"name\":\"Ada\"}")));

    assertThat(hub.get("/api/test/profiles/" + ada.replace("|", "%7C")).body())
        .isEqualTo("{\"name\":\"Ada\"}");
    assertProblem(hub.get("/api/test/profiles/nobody"), 404, "person-unknown");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_token_that_is_left_to_a_route_is_in_no_header(Store store) {
    TestHub hub = HUBS.on(store);
    TokenSet given = logIn(hub);
    String encoded = ada.replace("|", "%7C");

    HttpResponse<String> answer = hub.get("/api/test/lengths/github/" + encoded);

    assertThat(answer.headers().firstValue("Length"))
        .contains(Integer.toString(given.accessToken().length()));
    assertThat(answer.body() + answer.headers().map()).doesNotContain(given.accessToken());
    assertProblem(hub.get("/api/test/lengths/google/" + encoded), 404, "person-unknown");
    assertThat(hub.get("/api/test/methods/" + encoded).body()).isEqualTo(given.accessToken());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_route_waits_for_a_refresh_and_goes_on_with_what_it_gave(Store store) {
    TestHub hub = HUBS.on(store);
    TokenSet given = PROVIDER.login();
    vault(hub)
        .store(
            "github",
            ada,
            new TokenSet("old", given.refreshToken(), Optional.of(Instant.now()), ""));

    HttpResponse<String> answer = hub.get("/api/test/lengths/github/" + ada.replace("|", "%7C"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Length")).isPresent().get().isNotEqualTo("3");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void no_token_is_in_any_line_of_the_log(Store store) {
    TestHub hub = HUBS.on(store);
    try (LogLines log = LogLines.of("")) {
      logIn(hub);
      send(hub, "GET", path);
      send(hub, "POST", path + "/refresh");
      hub.get("/api/test/profiles/" + ada.replace("|", "%7C"));
      hub.get("/api/test/lengths/github/" + ada.replace("|", "%7C"));
      hub.update("UPDATE token SET refresh_token = access_token WHERE subject = ?", ada);
      assertProblem(send(hub, "POST", path + "/refresh"), 500, "internal-error");
      hub.operate("/api/admin/tokens/rotate", "");
      send(hub, "DELETE", path);

      assertThat(log.lines())
          .anyMatch(line -> line.contains("outcome=refreshed"))
          .anyMatch(line -> line.contains("does not decrypt"))
          .allSatisfy(line -> assertThat(line).doesNotContain("s3cret-", TOKENS_KEY));
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_operator_has_everything_encrypted_anew(Store store) {
    TestHub hub = HUBS.on(store);
    logIn(hub);
    hub.update("UPDATE token SET key_id = 'gone' WHERE subject = ?", ada);

    JsonNode answer = Json.own(hub.operate("/api/admin/tokens/rotate", "").body());

    assertThat(answer.get("count").asLong()).isZero();
    assertThat(answer.get("unreadable").asLong()).isEqualTo(1);
    assertThat(answer.get("remaining").asLong()).isEqualTo(1);
    assertThat(answer.get("newest").asText()).startsWith("made-");
    assertThat(answer.get("keys").get("gone").asLong()).isEqualTo(1);
    assertThat(answer.get("keys").get(answer.get("newest").asText()).asLong()).isPositive();
    assertProblem(send(hub, "GET", path), 503, "not-configured");
    assertThat(send(hub, "GET", path).body()).contains("'gone'", "HUB_ENCRYPTION_KEYS");
    send(hub, "DELETE", path);
  }
}
