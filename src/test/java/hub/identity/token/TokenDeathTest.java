package hub.identity.token;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens that nobody uses, and tokens that a provider refuses for good. */
class TokenDeathTest {
  private static final WireMockServer PROVIDER =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  @BeforeAll
  static void start() {
    PROVIDER.start();
    String base = PROVIDER.baseUrl();
    hub =
        TestHub.on(Store.H2)
            .loginProviders(
                """
                forgetful:
                  authorize-url: %1$s/authorize
                  token-url: %1$s/token
                  user-info-url: %1$s/me
                  client-id: hub
                  client-secret: secret
                  subject: $.id
                  refresh-within-days: 10
                """
                    .formatted(base))
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    PROVIDER.stop();
  }

  @BeforeEach
  void store() {
    PROVIDER.resetAll();
    hub.empty();
    hub.update("DELETE FROM token");
    vault()
        .store(
            "forgetful",
            "ada",
            new TokenSet(
                "a1", Optional.of("r1"), Optional.of(Instant.now().plusSeconds(3600)), ""));
  }

  private static TokenVault vault() {
    return hub.context().getRegistry().lookupByNameAndType(TokenVault.BEAN, TokenVault.class);
  }

  private static void keepAlive() {
    new TokenKeepAlive(
            vault(),
            new TokenTable(hub.database()),
            () ->
                Optional.of(
                    hub.context()
                        .getRegistry()
                        .lookupByNameAndType(TokenEndpoint.BEAN, TokenEndpoint.class)),
            Clock.systemUTC())
        .run();
  }

  private static void unusedFor(int days) {
    hub.update(
        "UPDATE token SET obtained_at = CURRENT_TIMESTAMP - CAST(? AS bigint) * INTERVAL '1' DAY",
        days);
  }

  @Test
  void a_token_that_nobody_uses_is_refreshed_before_the_provider_forgets_it() {
    PROVIDER.stubFor(
        post("/token")
            .willReturn(
                okJson("{\"access_token\":\"a2\",\"refresh_token\":\"r2\",\"expires_in\":3600}")));
    unusedFor(8);
    keepAlive();
    PROVIDER.verify(0, postRequestedFor(urlEqualTo("/token")));

    unusedFor(9);
    keepAlive();
    keepAlive();
    PROVIDER.verify(1, postRequestedFor(urlEqualTo("/token")));
    assertThat(vault().accessToken("forgetful", "ada")).isEqualTo("a2");
  }

  @Test
  void a_refused_one_is_one_event_that_shows_no_secret_and_is_ignored_without_a_handler() {
    PROVIDER.stubFor(
        post("/token")
            .willReturn(
                aResponse()
                    .withStatus(400)
                    .withHeader("Content-Type", "application/json")
                    .withBody("{\"error\":\"invalid_grant\",\"error_description\":\"r1\"}")));
    unusedFor(9);
    keepAlive();
    keepAlive();

    await()
        .untilAsserted(
            () ->
                assertThat(hub.json("/api/admin/events?source=hub").path("events"))
                    .singleElement()
                    .satisfies(
                        event -> {
                          assertThat(event.path("type").asText()).isEqualTo("hub.token.died");
                          assertThat(event.path("status").asText()).isEqualTo("ignored");
                        }));
    String id = hub.json("/api/admin/events?source=hub").path("events").get(0).path("id").asText();
    assertThat(hub.json("/api/admin/events/" + id).toString())
        .contains("forgetful")
        .contains("ada")
        .contains("invalid_grant")
        .doesNotContain("r1\"");
    assertThat(hub.query("SELECT state FROM token")).contains("login-required");
  }
}
