package hub.identity.login;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped entry of GitHub, with URLs of a WireMock that answers like GitHub. */
class GitHubLoginTest {
  private static final WireMockServer GITHUB =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  @BeforeAll
  static void start() throws Exception {
    GITHUB.start();
    hub =
        TestHub.on(Store.H2)
            .with("GITHUB_CLIENT_ID", "Iv1.github")
            .with("GITHUB_CLIENT_SECRET", "github-secret")
            .with("hub.breaker.attempts", "1000")
            .loginProviders(
                Files.readString(Path.of("routes/login/providers.yaml"))
                    .replace("https://github.com", GITHUB.baseUrl())
                    .replace("https://api.github.com", GITHUB.baseUrl() + "/api")
                    // Without the key, the scope implies the URL.
                    .replaceFirst(" *emails-url:.*\n", ""))
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    GITHUB.stop();
  }

  @BeforeEach
  void answerAsUsual() {
    GITHUB.resetAll();
    GITHUB.stubFor(
        post("/login/oauth/access_token")
            .willReturn(
                okJson(
                    "{\"access_token\":\"gho_abc\",\"scope\":\"read:user,user:email\",\"token_type\":\"bearer\"}")));
    user(
        "{\"login\":\"octocat\",\"id\":583231,\"name\":\"The Octocat\",\"email\":\"public@example.com\"}");
    emails(
        """
        [{"email":"old@example.com","primary":false,"verified":true,"visibility":null},
         {"email":"octocat@example.com","primary":true,"verified":true,"visibility":"private"}]
        """);
  }

  private static void user(String json) {
    GITHUB.stubFor(get("/api/user").willReturn(okJson(json)));
  }

  private static void emails(String json) {
    GITHUB.stubFor(get("/api/user/emails").willReturn(okJson(json)));
  }

  private static JsonNode login() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("github", "/");
    HttpResponse<String> back = browser.comeBack("github", begun);
    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    return Json.own(browser.get("/api/auth/session").body());
  }

  @Test
  void the_number_is_the_subject_and_the_primary_address_the_email() {
    Browser browser = new Browser(hub);
    HttpResponse<String> begun = browser.get("/api/auth/github/login");
    Map<String, String> asked = Browser.query(Browser.location(begun));
    assertThat(Browser.location(begun)).startsWith(GITHUB.baseUrl() + "/login/oauth/authorize?");
    assertThat(asked)
        .containsEntry("scope", "read:user user:email")
        .containsEntry("client_id", "Iv1.github")
        .containsEntry("code_challenge_method", "S256")
        .doesNotContainKey("nonce");

    assertThat(Browser.location(browser.comeBack("github", asked))).isEqualTo("/");

    assertThat(Json.own(browser.get("/api/auth/session").body()))
        .isEqualTo(
            Json.own(
                "{\"provider\":\"github\",\"subject\":\"583231\",\"name\":\"The Octocat\",\"email\":\"octocat@example.com\"}"));
    LoggedRequest exchange =
        GITHUB.findAll(postRequestedFor(urlEqualTo("/login/oauth/access_token"))).get(0);
    assertThat(exchange.getHeader("Accept")).isEqualTo("application/json");
    assertThat(exchange.getHeader("Authorization")).startsWith("Basic ");
    assertThat(Browser.query("http://x/?" + exchange.getBodyAsString()))
        .containsKey("code_verifier")
        .containsEntry("redirect_uri", "http://localhost:8080/api/auth/callback/github")
        .doesNotContainKey("client_secret");
    LoggedRequest user = GITHUB.findAll(getRequestedFor(urlEqualTo("/api/user"))).get(0);
    assertThat(user.getHeader("Authorization")).isEqualTo("Bearer gho_abc");
  }

  @Test
  void only_a_verified_address_is_told() {
    emails(
        """
        [{"email":"mine@example.com","primary":true,"verified":false},
         {"email":"proven@example.com","primary":false,"verified":true}]
        """);
    assertThat(login().path("email").asText()).isEqualTo("proven@example.com");

    emails("[{\"email\":\"mine@example.com\",\"primary\":true,\"verified\":false}]");
    assertThat(login().path("email").isNull()).isTrue();
  }

  @Test
  void who_has_no_name_is_called_by_the_login() {
    user("{\"login\":\"octocat\",\"id\":12345678901234567890,\"name\":null}");

    JsonNode person = login();

    assertThat(person.path("name").asText()).isEqualTo("octocat");
    assertThat(person.path("subject").asText()).isEqualTo("12345678901234567890");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"bad_verification_code\",\"error_description\":\"<b>The code</b>\"}",
        "{\"error\":\"<script>\",\"error_description\":\"x\"}",
        "error=bad_verification_code&error_description=The+code",
        "<html>Unicorn!</html>"
      })
  void an_error_that_comes_with_200_is_one(String answer) {
    GITHUB.stubFor(
        post("/login/oauth/access_token").willReturn(aResponse().withStatus(200).withBody(answer)));
    Browser browser = new Browser(hub);

    HttpResponse<String> back = browser.comeBack("github", browser.begin("github", "/"));

    assertThat(back.statusCode()).isEqualTo(502);
    assertThat(back.body()).contains("token-exchange-failed").doesNotContain("<", "gho_abc");
    GITHUB.verify(1, postRequestedFor(urlEqualTo("/login/oauth/access_token")));
    GITHUB.verify(0, getRequestedFor(urlEqualTo("/api/user")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"id\":null}", "{\"id\":\"\"}", "{\"id\":1.5}", "[]", "\"x\""})
  void without_an_id_nobody_is_logged_in(String answer) {
    user(answer);
    Browser browser = new Browser(hub);

    HttpResponse<String> back = browser.comeBack("github", browser.begin("github", "/"));

    assertThat(back.statusCode()).isEqualTo(502);
    assertThat(back.body()).contains("token-exchange-failed");
    assertThat(browser.get("/api/auth/session").statusCode()).isEqualTo(401);
  }

  @Test
  void a_token_that_may_not_see_addresses_logs_in_without_one() {
    GITHUB.stubFor(get("/api/user/emails").willReturn(aResponse().withStatus(404)));

    assertThat(login().path("email").isNull()).isTrue();
  }

  @Test
  void addresses_that_cannot_be_had_are_no_login() {
    GITHUB.stubFor(
        get("/api/user/emails").willReturn(aResponse().withStatus(403).withBody("<b>no</b>")));
    Browser browser = new Browser(hub);

    HttpResponse<String> back = browser.comeBack("github", browser.begin("github", "/"));

    assertThat(back.statusCode()).isEqualTo(502);
    assertThat(back.body()).doesNotContain("<b>");
  }

  @Test
  void google_is_shipped_too_and_waits_for_its_variables() {
    HttpResponse<String> answer = new Browser(hub).get("/api/auth/google/login");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET");
  }
}
