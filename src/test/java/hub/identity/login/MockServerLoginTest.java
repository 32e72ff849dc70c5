package hub.identity.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import okhttp3.mockwebserver.RecordedRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A login at mock-oauth2-server, an implementation that is not ours. */
class MockServerLoginTest {
  private static MockOAuth2Server provider;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    provider = new MockOAuth2Server();
    provider.start();
    hub =
        TestHub.on(Store.H2)
            .loginProviders(
                """
                mock:
                  issuer: %s
                  client-id: the-client
                  client-secret: the-client-secret
                """
                    .formatted(provider.issuerUrl("people")))
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    provider.shutdown();
  }

  private static RecordedRequest tokenRequest() {
    for (RecordedRequest request = provider.takeRequest(); ; request = provider.takeRequest()) {
      if (request.getPath().endsWith("/token")) {
        return request;
      }
    }
  }

  @Test
  void a_person_logs_in_and_is_known() throws Exception {
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(
            "people",
            "ada-1815",
            "JWT",
            java.util.List.of("the-client"),
            Map.of("name", "Ada", "email", "ada@example.com", "email_verified", true),
            3600));
    Browser browser = new Browser(hub);
    HttpResponse<String> begun = browser.get("/api/auth/mock/login?returnTo=/orders%3Fopen=1");
    assertThat(begun.statusCode()).isEqualTo(302);

    HttpResponse<String> page =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(Browser.location(begun))).build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(page.statusCode()).as(page.body()).isEqualTo(302);
    HttpResponse<String> back = browser.get(Browser.location(page));

    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    assertThat(Browser.location(back)).isEqualTo("/orders?open=1");
    RecordedRequest exchange = tokenRequest();
    Map<String, String> asked = Browser.query(Browser.location(begun));
    Map<String, String> sent = Browser.query("http://x/?" + exchange.getBody().readUtf8());
    assertThat(sent.get("redirect_uri"))
        .isEqualTo(asked.get("redirect_uri"))
        .isEqualTo("http://localhost:8080/api/auth/callback/mock");
    assertThat(
            CodeChallenge.compute(
                    CodeChallengeMethod.S256, new CodeVerifier(sent.get("code_verifier")))
                .getValue())
        .isEqualTo(asked.get("code_challenge"));
    assertThat(sent).doesNotContainKey("client_secret");
    assertThat(exchange.getHeader("Authorization")).startsWith("Basic ");
    HttpResponse<String> session = browser.get("/api/auth/session");
    assertThat(session.statusCode()).isEqualTo(200);
    assertThat(Json.own(session.body()))
        .isEqualTo(
            Json.own(
                "{\"provider\":\"mock\",\"subject\":\"ada-1815\",\"name\":\"Ada\",\"email\":\"ada@example.com\"}"));
  }
}
