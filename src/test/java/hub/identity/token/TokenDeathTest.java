package hub.identity.token;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.db.StoreUnavailableException;
import hub.testing.Hubs;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens that nobody uses, and tokens that a provider refuses for good. */
@Tag("postgres")
class TokenDeathTest {
  private static final WireMockServer PROVIDER =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static final Hubs HUBS = new Hubs(TokenDeathTest::start);

  private static TestHub start(Store store) {
    if (!PROVIDER.isRunning()) {
      PROVIDER.start();
    }
    return TestHub.on(store)
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
                .formatted(PROVIDER.baseUrl()))
        .start();
  }

  @AfterAll
  static void stop() {
    HUBS.close();
    PROVIDER.stop();
  }

  /** A hub that has a token of a person alone. */
  private static TestHub hub(Store store) {
    TestHub hub = HUBS.on(store);
    PROVIDER.resetAll();
    hub.empty();
    hub.update("DELETE FROM token");
    logIn(hub);
    return hub;
  }

  private static void logIn(TestHub hub) {
    vault(hub)
        .store(
            "forgetful",
            "ada",
            new TokenSet(
                "a1", Optional.of("r1"), Optional.of(Instant.now().plusSeconds(3600)), ""));
  }

  private static TokenVault vault(TestHub hub) {
    return hub.context().getRegistry().lookupByNameAndType(TokenVault.BEAN, TokenVault.class);
  }

  private static void keepAlive(TestHub hub) {
    new TokenKeepAlive(
            vault(hub),
            new TokenTable(hub.database()),
            () ->
                Optional.of(
                    hub.context()
                        .getRegistry()
                        .lookupByNameAndType(TokenEndpoint.BEAN, TokenEndpoint.class)),
            Clock.systemUTC())
        .run();
  }

  private static void unusedFor(TestHub hub, int days) {
    hub.update(
        "UPDATE token SET obtained_at = CURRENT_TIMESTAMP - CAST(? AS bigint) * INTERVAL '1' DAY",
        days);
  }

  private static void refuse() {
    PROVIDER.stubFor(
        post("/token")
            .willReturn(
                aResponse()
                    .withStatus(400)
                    .withHeader("Content-Type", "application/json")
                    .withBody("{\"error\":\"invalid_grant\",\"error_description\":\"r1\"}")));
  }

  private static JsonNode events(TestHub hub) {
    return hub.json("/api/admin/events?source=hub").path("events");
  }

  private static JsonNode dead(TestHub hub) {
    return hub.json("/api/admin/dead-tokens").path("tokens");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_token_that_nobody_uses_is_refreshed_before_the_provider_forgets_it(Store store) {
    TestHub hub = hub(store);
    PROVIDER.stubFor(
        post("/token")
            .willReturn(
                okJson("{\"access_token\":\"a2\",\"refresh_token\":\"r2\",\"expires_in\":3600}")));
    unusedFor(hub, 8);
    keepAlive(hub);
    PROVIDER.verify(0, postRequestedFor(urlEqualTo("/token")));

    unusedFor(hub, 9);
    keepAlive(hub);
    keepAlive(hub);
    PROVIDER.verify(1, postRequestedFor(urlEqualTo("/token")));
    assertThat(vault(hub).accessToken("forgetful", "ada")).isEqualTo("a2");
    assertThat(dead(hub)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_refused_one_is_one_event_that_shows_no_secret_and_is_ignored_without_a_handler(
      Store store) {
    TestHub hub = hub(store);
    refuse();
    unusedFor(hub, 9);
    keepAlive(hub);
    keepAlive(hub);

    assertThat(events(hub))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.path("type").asText()).isEqualTo("hub.token.died");
              assertThat(event.path("status").asText()).isEqualTo("ignored");
            });
    String id = events(hub).get(0).path("id").asText();
    assertThat(hub.json("/api/admin/events/" + id).toString())
        .contains("forgetful")
        .contains("ada")
        .contains("invalid_grant")
        .doesNotContain("r1\"");
    assertThat(hub.query("SELECT state FROM token")).contains("login-required");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void operators_see_whose_it_was_since_when_and_why_until_the_person_logs_in_again(Store store) {
    TestHub hub = hub(store);
    refuse();
    unusedFor(hub, 9);
    Instant before = Instant.now().minusMillis(1);
    keepAlive(hub);

    JsonNode answer = hub.json("/api/admin/dead-tokens");
    assertThat(answer.path("complete").asBoolean()).isTrue();
    assertThat(answer.path("tokens"))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.path("provider").asText()).isEqualTo("forgetful");
              assertThat(one.path("subject").asText()).isEqualTo("ada");
              assertThat(Instant.parse(one.path("since").asText()))
                  .isBetween(before, Instant.now().plusMillis(1));
              assertThat(one.path("reason").asText()).contains("invalid_grant");
              assertThat(one.path("login").asText()).isEqualTo("/api/auth/forgetful/login");
            });
    assertThat(hub.get("/api/admin/dead-tokens?x=1").statusCode()).isEqualTo(400);

    // The event is deleted for its age one day; the person is still the same.
    hub.empty();
    assertThat(dead(hub))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.path("subject").asText()).isEqualTo("ada");
              assertThat(one.path("since").isNull()).isTrue();
              assertThat(one.path("reason").isNull()).isTrue();
            });

    logIn(hub);
    assertThat(dead(hub)).isEmpty();
  }

  /** What a crash between the two would leave. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void a_death_and_its_event_are_stored_together_or_not_at_all(Store store) {
    TestHub hub = hub(store);
    refuse();
    hub.update("ALTER TABLE inbox_event ADD CONSTRAINT broken CHECK (type <> 'hub.token.died')");
    try {
      assertThatThrownBy(() -> vault(hub).renewed(new TokenOwner("forgetful", "ada")).join())
          .hasCauseInstanceOf(StoreUnavailableException.class);
    } finally {
      hub.update("ALTER TABLE inbox_event DROP CONSTRAINT broken");
    }
    assertThat(hub.query("SELECT state FROM token")).contains("valid");
    assertThat(hub.query("SELECT lease_owner FROM token")).isEmpty();
    assertThat(events(hub)).isEmpty();

    assertThatThrownBy(() -> vault(hub).renewed(new TokenOwner("forgetful", "ada")).join())
        .hasCauseInstanceOf(NoTokenException.class);
    assertThat(events(hub)).hasSize(1);
    assertThat(dead(hub)).hasSize(1);
  }
}
