package hub.identity.login;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import hub.call.policy.CallFailedException;
import hub.identity.session.RandomSecret;
import hub.identity.token.GrantRefusedException;
import hub.identity.token.TokenEndpoint;
import hub.identity.token.TokenSet;
import hub.identity.token.TokenStore;
import hub.identity.token.TokenVault;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins at an OpenID provider whose answers may be wrong in every way. */
class OpenIdLoginTest {
  private static final String CLIENT = "the-client";
  private static final String SECRET = "the+client secret&that must not be logged";

  private static final WireMockServer WEB =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().containerThreads(30));

  private static final List<String> KEPT = new CopyOnWriteArrayList<>();
  private static final List<TokenSet> TOKENS = new CopyOnWriteArrayList<>();

  private static OpenIdStub id;
  private static OpenIdStub form;
  private static OpenIdStub open;
  private static OpenIdStub named;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    WEB.start();
    id = new OpenIdStub(WEB, "id");
    id.discovery(
        Map.of(
            "revocation_endpoint", id.issuer() + "/revoke",
            "userinfo_endpoint", id.issuer() + "/me"));
    form = new OpenIdStub(WEB, "form");
    form.discovery(Map.of("token_endpoint_auth_methods_supported", List.of("client_secret_post")));
    open = new OpenIdStub(WEB, "open");
    named = new OpenIdStub(WEB, "named");
    named.discovery(Map.of("authorization_response_iss_parameter_supported", true));
    hub =
        TestHub.on(Store.H2)
            .with("hub.public-url", "https://hub.example.com")
            .with("hub.call.attempt-seconds", "1")
            .with("hub.call.total-seconds", "4")
            .with("hub.call.retries", "2")
            .with("hub.breaker.attempts", "1000")
            .with("ID_CLIENT", CLIENT)
            .with("ID_SECRET", SECRET)
            .loginProviders(
                """
                id:
                  title: The Company
                  issuer: WEB/id
                  client-id: "{{ID_CLIENT}}"
                  client-secret: "{{ID_SECRET:}}"
                form: {issuer: WEB/form, client-id: "{{ID_CLIENT}}", client-secret: "{{ID_SECRET}}"}
                open: {issuer: WEB/open, client-id: "{{ID_CLIENT}}"}
                named: {issuer: WEB/named, client-id: "{{ID_CLIENT}}", client-secret: "{{ID_SECRET}}"}
                late: {issuer: WEB/late, client-id: a}
                other: {issuer: WEB/other, client-id: a}
                clear: {issuer: WEB/clear, client-id: a}
                unset: {issuer: "{{UNSET_ISSUER:}}", client-id: "{{UNSET_ID}}", client-secret: "{{UNSET_SECRET:}}"}
                """
                    .replace("WEB", WEB.baseUrl()))
            .start();
    hub.context().getRegistry().unbind(TokenVault.BEAN);
    hub.context()
        .getRegistry()
        .bind(
            TokenVault.BEAN,
            new TokenStore() {
              @Override
              public void store(String provider, String subject, TokenSet tokens) {
                KEPT.add("store " + provider + " " + subject);
                TOKENS.add(tokens);
              }

              @Override
              public void forget(String provider, String subject) {
                KEPT.add("forget " + provider + " " + subject);
              }
            });
  }

  @AfterAll
  static void stop() {
    hub.close();
    WEB.stop();
  }

  @BeforeEach
  void forget() {
    WEB.resetRequests();
    KEPT.clear();
    TOKENS.clear();
  }

  private static String reason(HttpResponse<String> answer) {
    return answer.statusCode()
        + " "
        + Json.own(answer.body()).path("type").asText().replace("urn:hub:problem:", "");
  }

  private static Browser loggedIn() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    id.welcomes(CLIENT, begun);
    HttpResponse<String> back = browser.comeBack("id", begun);
    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    return browser;
  }

  // --- Redirect and callback
  // ---------------------------------------------------------------------

  @Test
  void a_login_asks_for_what_it_needs_and_shows_the_secret_once() {
    Browser browser = new Browser(hub);
    HttpResponse<String> answer = browser.get("/api/auth/id/login?returnTo=/orders");
    Map<String, String> asked = Browser.query(Browser.location(answer));

    assertThat(Browser.location(answer)).startsWith(id.issuer() + "/authorize?");
    assertThat(asked)
        .containsEntry("response_type", "code")
        .containsEntry("client_id", CLIENT)
        .containsEntry("scope", "openid profile email")
        .containsEntry("redirect_uri", "https://hub.example.com/api/auth/callback/id")
        .containsEntry("code_challenge_method", "S256")
        .containsKeys("state", "nonce", "code_challenge")
        .doesNotContainKey("client_secret");
    assertThat(answer.headers().allValues("Set-Cookie"))
        .singleElement()
        .asString()
        .contains("; HttpOnly", "; SameSite=Lax", "; Path=/api/auth", "; Max-Age=600", "; Secure")
        .contains(asked.get("state"), asked.get("nonce"));
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");

    id.welcomes(CLIENT, asked);
    HttpResponse<String> back = browser.comeBack("id", asked);

    assertThat(back.statusCode()).isEqualTo(302);
    assertThat(Browser.location(back)).isEqualTo("/orders");
    assertThat(back.headers().allValues("Set-Cookie"))
        .anySatisfy(
            cookie ->
                assertThat(cookie)
                    .matches(
                        "__Host-hub_session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure"));
    assertThat(browser.cookies()).containsOnlyKeys("__Host-hub_session");
    LoggedRequest exchange = exchanges("id").get(0);
    Map<String, String> sent = Browser.query("http://x/?" + exchange.getBodyAsString());
    assertThat(sent)
        .containsEntry("grant_type", "authorization_code")
        .containsEntry("code", "a-code")
        .containsEntry("redirect_uri", asked.get("redirect_uri"))
        .doesNotContainKeys("client_secret", "client_id");
    assertThat(
            CodeChallenge.compute(
                    CodeChallengeMethod.S256, new CodeVerifier(sent.get("code_verifier")))
                .getValue())
        .isEqualTo(asked.get("code_challenge"));
    assertThat(exchange.getHeader("Authorization"))
        .isEqualTo(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString(
                        (Browser.encoded(CLIENT) + ":" + Browser.encoded(SECRET))
                            .getBytes(StandardCharsets.UTF_8)));
    assertThat(KEPT).containsExactly("store id ada-1815");
    assertThat(TOKENS)
        .singleElement()
        .satisfies(
            tokens -> {
              assertThat(tokens.accessToken()).isEqualTo(OpenIdStub.ACCESS_TOKEN);
              assertThat(tokens.refreshToken()).contains(OpenIdStub.REFRESH_TOKEN);
              assertThat(tokens.scope()).isEqualTo("openid profile email");
              assertThat(Duration.between(Instant.now(), tokens.expiresAt().orElseThrow()))
                  .isBetween(Duration.ofMinutes(58), Duration.ofMinutes(60));
            });
  }

  private static List<LoggedRequest> exchanges(String provider) {
    return WEB.findAll(postRequestedFor(urlEqualTo("/" + provider + "/token")));
  }

  @Test
  void the_secret_goes_in_the_form_where_the_provider_wants_it_there_alone() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("form", "/");
    form.welcomes(CLIENT, begun);

    assertThat(browser.comeBack("form", begun).statusCode()).isEqualTo(302);

    LoggedRequest exchange = exchanges("form").get(0);
    assertThat(exchange.containsHeader("Authorization")).isFalse();
    assertThat(Browser.query("http://x/?" + exchange.getBodyAsString()))
        .containsEntry("client_id", CLIENT)
        .containsEntry("client_secret", SECRET);
  }

  @Test
  void a_public_client_shows_its_id_alone() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("open", "/");
    open.welcomes(CLIENT, begun);

    assertThat(browser.comeBack("open", begun).statusCode()).isEqualTo(302);

    LoggedRequest exchange = exchanges("open").get(0);
    assertThat(exchange.containsHeader("Authorization")).isFalse();
    assertThat(Browser.query("http://x/?" + exchange.getBodyAsString()))
        .containsEntry("client_id", CLIENT)
        .containsKey("code_verifier")
        .doesNotContainKey("client_secret");
  }

  @Test
  void no_log_line_and_no_byte_of_the_store_shows_what_is_secret() throws Exception {
    List<String> secrets =
        new ArrayList<>(
            List.of(SECRET, "a-code", OpenIdStub.ACCESS_TOKEN, OpenIdStub.REFRESH_TOKEN));
    try (LogLines lines = LogLines.of("")) {
      Browser browser = new Browser(hub);
      Map<String, String> begun = browser.begin("id", "/");
      secrets.add(begun.get("state"));
      secrets.add(begun.get("nonce"));
      secrets.addAll(List.of(browser.cookies().values().iterator().next().split("\\.")));
      id.welcomes(CLIENT, begun);
      assertThat(browser.comeBack("id", begun).statusCode()).isEqualTo(302);
      secrets.add(browser.cookies().get("__Host-hub_session"));
      Map<String, String> failed = browser.begin("id", "/");
      secrets.add(failed.get("state"));
      id.token(
          OpenIdStub.json(400, "{\"error\":\"invalid_grant\",\"error_description\":\"a-code\"}"));
      assertThat(reason(browser.comeBack("id", failed))).isEqualTo("502 token-exchange-failed");

      assertThat(lines.lines()).anyMatch(line -> line.contains("login=id outcome=logged-in"));
      assertThat(String.join("\n", lines.lines())).doesNotContain(secrets);
    }
    assertThat(store()).doesNotContain(secrets);
  }

  private static String store() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(hub.folder().resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    assertThat(all).isNotEmpty();
    return all.toString();
  }

  @Test
  void two_tabs_log_in_at_once() {
    Browser browser = new Browser(hub);
    Map<String, String> first = browser.begin("id", "/first");
    Map<String, String> second = browser.begin("id", "/second");

    id.welcomes(CLIENT, first);
    assertThat(Browser.location(browser.comeBack("id", first))).isEqualTo("/first");
    id.welcomes(CLIENT, second);
    assertThat(Browser.location(browser.comeBack("id", second))).isEqualTo("/second");
    assertThat(browser.get("/api/auth/session").statusCode()).isEqualTo(200);
  }

  @Test
  void many_logins_that_are_never_finished_do_not_fill_the_browser() {
    Browser browser = new Browser(hub);
    for (int i = 0; i < 15; i++) {
      browser.begin("id", "/");
    }
    assertThat(browser.cookies()).hasSize(10);

    Map<String, String> begun = browser.begin("id", "/last");
    id.welcomes(CLIENT, begun);

    assertThat(Browser.location(browser.comeBack("id", begun))).isEqualTo("/last");
  }

  @Test
  void a_login_ends_the_session_of_before() {
    Browser browser = loggedIn();
    String before = browser.cookies().get("__Host-hub_session");

    Map<String, String> begun = browser.begin("id", "/");
    id.welcomes(CLIENT, begun);
    browser.comeBack("id", begun);

    assertThat(browser.cookies().get("__Host-hub_session")).isNotEqualTo(before);
    browser.cookies().put("__Host-hub_session", before);
    assertThat(browser.get("/api/auth/session").statusCode()).isEqualTo(401);
  }

  // --- State
  // --------------------------------------------------------------------------------------

  @Test
  void a_wrong_or_missing_state_is_refused_and_does_not_use_up_the_right_one() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/home");
    id.welcomes(CLIENT, begun);

    assertThat(reason(browser.comeBack("id", "code", "a-code"))).isEqualTo("400 state-mismatch");
    assertThat(reason(browser.comeBack("id", "state", "", "code", "a-code")))
        .isEqualTo("400 state-mismatch");
    assertThat(reason(browser.comeBack("id", "state", RandomSecret.next(), "code", "a-code")))
        .isEqualTo("400 state-mismatch");
    assertThat(
            reason(
                browser.comeBack(
                    "id", "state", begun.get("state"), "state", "x", "code", "a-code")))
        .isEqualTo("400 state-mismatch");
    assertThat(
            reason(browser.comeBack("id", "state", RandomSecret.next(), "error", "access_denied")))
        .isEqualTo("400 state-mismatch");
    assertThat(exchanges("id")).isEmpty();

    assertThat(Browser.location(browser.comeBack("id", begun))).isEqualTo("/home");
  }

  @Test
  void a_state_is_good_once() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    Map<String, String> cookies = Map.copyOf(browser.cookies());
    id.welcomes(CLIENT, begun);
    assertThat(browser.comeBack("id", begun).statusCode()).isEqualTo(302);

    browser.cookies().putAll(cookies);

    assertThat(reason(browser.comeBack("id", begun))).isEqualTo("400 state-mismatch");
    assertThat(exchanges("id")).hasSize(1);
  }

  @Test
  void a_state_is_good_for_ten_minutes() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    hub.update(
        "UPDATE login_attempt SET expires_at = CURRENT_TIMESTAMP WHERE state_hash = ?",
        RandomSecret.hash(begun.get("state")));

    assertThat(reason(browser.comeBack("id", begun))).isEqualTo("400 state-mismatch");
  }

  @Test
  void a_state_is_good_in_the_browser_that_began_and_at_its_provider_alone() {
    Browser victim = new Browser(hub);
    Map<String, String> begun = victim.begin("id", "/home");

    assertThat(reason(new Browser(hub).comeBack("id", begun))).isEqualTo("400 state-mismatch");
    assertThat(reason(victim.comeBack("form", begun))).isEqualTo("400 state-mismatch");
    assertThat(exchanges("form")).isEmpty();

    id.welcomes(CLIENT, begun);
    assertThat(Browser.location(victim.comeBack("id", begun))).isEqualTo("/home");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void a_cookie_that_was_changed_is_refused(int part) {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    String name = browser.cookies().keySet().iterator().next();
    String[] parts = browser.cookies().get(name).split("\\.");
    id.welcomes(CLIENT, begun);
    parts[part] = part == 0 ? RandomSecret.next() : "short";
    browser.cookies().put(name, String.join(".", parts));

    assertThat(reason(browser.comeBack("id", begun))).isEqualTo("400 state-mismatch");
  }

  @Test
  void another_nonce_in_the_cookie_does_not_take_the_token() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    String name = browser.cookies().keySet().iterator().next();
    String[] parts = browser.cookies().get(name).split("\\.", -1);
    browser.cookies().put(name, parts[0] + "." + parts[1] + "." + RandomSecret.next());
    id.welcomes(CLIENT, begun);

    assertThat(reason(browser.comeBack("id", begun))).isEqualTo("502 token-exchange-failed");
  }

  // --- Parameters of the callback
  // --------------------------------------------------------

  @Test
  void a_person_who_refuses_is_told_so() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");

    HttpResponse<String> back =
        browser.comeBack("id", "state", begun.get("state"), "error", "access_denied");

    assertThat(reason(back)).isEqualTo("400 access-denied");
    assertThat(back.body()).contains("The Company");
    assertThat(browser.get("/api/auth/session").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server_error", "<script>alert(1)</script>"})
  void what_the_provider_says_of_its_error_is_not_repeated(String error) {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");

    HttpResponse<String> back =
        browser.comeBack(
            "id",
            "state",
            begun.get("state"),
            "error",
            error,
            "error_description",
            "<img src=x onerror=alert(1)>");

    assertThat(reason(back)).isEqualTo("502 token-exchange-failed");
    assertThat(back.body()).doesNotContain("<", "onerror", "script");
    assertThat(back.headers().firstValue("Content-Type")).contains("application/problem+json");
  }

  @Test
  void an_answer_without_a_code_or_an_error_is_the_providers_fault() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");

    assertThat(reason(browser.comeBack("id", "state", begun.get("state"))))
        .isEqualTo("502 token-exchange-failed");
  }

  @Test
  void an_answer_of_another_issuer_is_not_exchanged() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");

    HttpResponse<String> back =
        browser.comeBack(
            "id", "state", begun.get("state"), "code", "a-code", "iss", "https://evil.example");

    assertThat(reason(back)).isEqualTo("502 token-exchange-failed");
    assertThat(back.body()).doesNotContain("evil");
    assertThat(exchanges("id")).isEmpty();
  }

  @Test
  void a_provider_that_names_itself_must_do_so() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("named", "/");
    assertThat(reason(browser.comeBack("named", begun))).isEqualTo("502 token-exchange-failed");
    assertThat(exchanges("named")).isEmpty();

    begun = browser.begin("named", "/");
    named.welcomes(CLIENT, begun);
    assertThat(
            browser
                .comeBack(
                    "named", "state", begun.get("state"), "code", "a-code", "iss", named.issuer())
                .statusCode())
        .isEqualTo(302);
  }

  // --- ID tokens
  // ----------------------------------------------------------------------------------

  /** Makes an ID token from valid claims. */
  private interface Forger extends BiFunction<JWTClaimsSet.Builder, RSAKey, String> {}

  private static Arguments hostile(String what, String reason, Forger forger) {
    return Arguments.of(what, reason, forger);
  }

  static Stream<Arguments> hostileTokens() {
    return Stream.of(
        hostile(
            "alg none",
            "Signed ID token expected",
            (claims, key) -> new PlainJWT(claims.build()).serialize()),
        hostile(
            "HS256 over the public key",
            "Another algorithm expected, or no matching key",
            (claims, key) -> signedWithPublicKey(claims.build(), key)),
        hostile(
            "HS256 over the client secret",
            "Another algorithm expected, or no matching key",
            (claims, key) ->
                hmac(claims.build(), key, (SECRET + SECRET).getBytes(StandardCharsets.UTF_8))),
        hostile(
            "another audience",
            "Unexpected JWT audience",
            (claims, key) -> OpenIdStub.sign(claims.audience("somebody-else").build(), key)),
        hostile(
            "one audience of several without azp",
            "azp",
            (claims, key) ->
                OpenIdStub.sign(claims.audience(List.of(CLIENT, "other")).build(), key)),
        hostile(
            "another issuer",
            "Unexpected JWT issuer",
            (claims, key) -> OpenIdStub.sign(claims.issuer("https://evil.example").build(), key)),
        hostile(
            "expired",
            "Expired JWT",
            (claims, key) ->
                OpenIdStub.sign(
                    claims.expirationTime(Date.from(Instant.now().minusSeconds(120))).build(),
                    key)),
        hostile(
            "without an end",
            "exp",
            (claims, key) -> OpenIdStub.sign(claims.expirationTime(null).build(), key)),
        hostile(
            "made in the future",
            "JWT issue time ahead of current time",
            (claims, key) ->
                OpenIdStub.sign(
                    claims.issueTime(Date.from(Instant.now().plusSeconds(200))).build(), key)),
        hostile(
            "an unknown key",
            "no matching key",
            (claims, key) -> OpenIdStub.sign(claims.build(), STRANGER)),
        hostile(
            "another key under a known id",
            "Invalid signature",
            (claims, key) ->
                OpenIdStub.sign(
                    claims.build(), new RSAKey.Builder(STRANGER).keyID(key.getKeyID()).build())),
        hostile(
            "another nonce",
            "Unexpected JWT nonce",
            (claims, key) -> OpenIdStub.sign(claims.claim("nonce", "other").build(), key)),
        hostile(
            "no nonce",
            "nonce",
            (claims, key) -> OpenIdStub.sign(claims.claim("nonce", null).build(), key)),
        hostile(
            "the hash of another access token",
            "hash",
            (claims, key) ->
                OpenIdStub.sign(claims.claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA").build(), key)),
        hostile(
            "no subject",
            "sub",
            (claims, key) -> OpenIdStub.sign(claims.subject(null).build(), key)));
  }

  private static final RSAKey STRANGER = OpenIdStub.newKey("stranger");

  private static String signedWithPublicKey(JWTClaimsSet claims, RSAKey key) {
    try {
      return hmac(claims, key, key.toRSAPublicKey().getEncoded());
    } catch (com.nimbusds.jose.JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hmac(JWTClaimsSet claims, RSAKey key, byte[] secret) {
    try {
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(), claims);
      token.sign(new MACSigner(secret));
      return token.serialize();
    } catch (com.nimbusds.jose.JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostileTokens")
  void a_token_that_is_not_right_logs_nobody_in(String what, String reason, Forger forger) {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    id.gives(forger.apply(id.claims(CLIENT, begun.get("nonce")), id.key()));

    HttpResponse<String> back = browser.comeBack("id", begun);

    assertThat(reason(back)).isEqualTo("502 token-exchange-failed");
    assertThat(Json.own(back.body()).path("detail").asText())
        .contains(reason)
        .doesNotContain("evil", "somebody-else");
    assertThat(browser.cookies()).doesNotContainKey("__Host-hub_session");
    assertThat(KEPT).isEmpty();
  }

  @Test
  void the_hash_of_the_access_token_is_accepted_when_it_is_right() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    String hash =
        com.nimbusds.openid.connect.sdk.claims.AccessTokenHash.compute(
                new com.nimbusds.oauth2.sdk.token.BearerAccessToken(OpenIdStub.ACCESS_TOKEN),
                JWSAlgorithm.RS256,
                null)
            .getValue();
    id.gives(
        OpenIdStub.sign(
            id.claims(CLIENT, begun.get("nonce")).claim("at_hash", hash).build(), id.key()));

    assertThat(browser.comeBack("id", begun).statusCode()).isEqualTo(302);
  }

  @Test
  void no_id_token_is_no_login() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    id.token(OpenIdStub.json(200, "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}"));

    HttpResponse<String> back = browser.comeBack("id", begun);

    assertThat(reason(back)).isEqualTo("502 token-exchange-failed");
    assertThat(back.body()).contains("gave no ID token");
  }

  @Test
  void
      a_key_that_the_provider_has_made_since_is_fetched_once_and_no_stranger_can_make_it_be_more() {
    RSAKey second = OpenIdStub.newKey("open-2");
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("open", "/");
    open.welcomes(CLIENT, begun);
    assertThat(browser.comeBack("open", begun).statusCode()).isEqualTo(302);
    WEB.resetRequests();

    open.keys(open.key(), second);
    begun = browser.begin("open", "/");
    open.gives(OpenIdStub.sign(open.claims(CLIENT, begun.get("nonce")).build(), second));
    assertThat(browser.comeBack("open", begun).statusCode()).isEqualTo(302);
    WEB.verify(1, getRequestedFor(urlEqualTo("/open/keys")));

    for (int i = 0; i < 5; i++) {
      begun = browser.begin("open", "/");
      open.gives(OpenIdStub.sign(open.claims(CLIENT, begun.get("nonce")).build(), STRANGER));
      assertThat(reason(browser.comeBack("open", begun))).isEqualTo("502 token-exchange-failed");
    }
    assertThat(WEB.findAll(getRequestedFor(urlEqualTo("/open/keys"))).size())
        .isLessThanOrEqualTo(2);
    begun = browser.begin("open", "/");
    open.welcomes(CLIENT, begun);
    assertThat(browser.comeBack("open", begun).statusCode()).isEqualTo(302);
    WEB.verify(0, getRequestedFor(urlEqualTo("/open/.well-known/openid-configuration")));
  }

  // --- The person
  // ----------------------------------------------------------------------------------

  @Test
  void what_the_token_does_not_tell_the_user_info_does() {
    WEB.stubFor(
        get("/id/me")
            .willReturn(
                okJson(
                    "{\"sub\":\"ada-1815\",\"name\":\"Ada\",\"email\":\"ada@example.com\",\"email_verified\":true}")));
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    id.gives(
        OpenIdStub.sign(
            id.claims(CLIENT, begun.get("nonce")).claim("name", null).claim("email", null).build(),
            id.key()));

    assertThat(browser.comeBack("id", begun).statusCode()).isEqualTo(302);

    assertThat(browser.get("/api/auth/session").body()).contains("\"Ada\"", "ada@example.com");
    WEB.verify(1, getRequestedFor(urlEqualTo("/id/me")));
  }

  @Test
  void user_info_of_somebody_else_is_not_believed() {
    WEB.stubFor(get("/id/me").willReturn(okJson("{\"sub\":\"eve\",\"name\":\"Ada\"}")));
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    id.gives(
        OpenIdStub.sign(
            id.claims(CLIENT, begun.get("nonce")).claim("name", null).build(), id.key()));

    assertThat(reason(browser.comeBack("id", begun))).isEqualTo("502 token-exchange-failed");
  }

  @Test
  void an_address_that_is_not_verified_is_not_told() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("form", "/");
    form.gives(
        OpenIdStub.sign(
            form.claims(CLIENT, begun.get("nonce")).claim("email_verified", false).build(),
            form.key()));
    assertThat(browser.comeBack("form", begun).statusCode()).isEqualTo(302);

    assertThat(Json.own(browser.get("/api/auth/session").body()).path("email").isNull()).isTrue();
  }

  // --- Failures of the provider
  // --------------------------------------------------------------------

  private static HttpResponse<String> exchange(
      com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder answer) {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    id.token(answer);
    return browser.comeBack("id", begun);
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of("HTML", aResponse().withHeader("Content-Type", "text/html").withBody("<b>")),
        Arguments.of("nothing", aResponse().withStatus(200)),
        Arguments.of("no token", OpenIdStub.json(200, "{\"hello\":\"world\"}")),
        Arguments.of(
            "a token that no header can carry",
            OpenIdStub.json(
                200, "{\"access_token\":\"secret\\nX: <y>\",\"token_type\":\"bearer\"}")),
        Arguments.of("a list", OpenIdStub.json(200, "[]")),
        Arguments.of("500", OpenIdStub.json(500, "{}")),
        Arguments.of("400 with HTML", aResponse().withStatus(400).withBody("<b>no</b>")),
        Arguments.of("401", OpenIdStub.json(401, "{\"error\":\"invalid_client\"}")),
        Arguments.of("a reset", aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)),
        Arguments.of("an empty answer", aResponse().withFault(Fault.EMPTY_RESPONSE)),
        Arguments.of("garbage", aResponse().withFault(Fault.RANDOM_DATA_THEN_CLOSE)),
        Arguments.of("slowness", OpenIdStub.json(200, "{}").withFixedDelay(2500)),
        Arguments.of(
            "a redirect", aResponse().withStatus(302).withHeader("Location", "/id/elsewhere")),
        Arguments.of("too much", OpenIdStub.json(200, "{\"a\":\"" + "x".repeat(1 << 20) + "\"}")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void a_code_is_sent_once_when_the_provider_may_have_taken_it(
      String what, com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder answer) {
    HttpResponse<String> back = exchange(answer);

    assertThat(reason(back)).isEqualTo("502 token-exchange-failed");
    assertThat(back.body()).doesNotContain("<", "secret");
    assertThat(exchanges("id")).hasSize(1);
    WEB.verify(0, getRequestedFor(urlEqualTo("/id/elsewhere")));
  }

  @Test
  void credentials_that_the_provider_does_not_know_are_to_be_checked() {
    HttpResponse<String> back = exchange(OpenIdStub.json(401, "{\"error\":\"invalid_client\"}"));

    assertThat(back.body())
        .contains("invalid_client. Check the client's credentials in routes/login/providers.yaml");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void a_code_is_sent_again_when_the_provider_has_turned_it_away(int status) {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("id", "/");
    String token = OpenIdStub.sign(id.claims(CLIENT, begun.get("nonce")).build(), id.key());
    id.gives(token);
    WEB.stubFor(
        post("/id/token")
            .inScenario("busy " + status)
            .whenScenarioStateIs(Scenario.STARTED)
            .willSetStateTo("free")
            .willReturn(aResponse().withStatus(status).withHeader("Retry-After", "0")));
    WEB.stubFor(
        post("/id/token")
            .inScenario("busy " + status)
            .whenScenarioStateIs("free")
            .willReturn(
                okJson(
                    Json.text(
                        Map.of("access_token", "a", "token_type", "bearer", "id_token", token)))));

    assertThat(browser.comeBack("id", begun).statusCode()).isEqualTo(302);
    assertThat(exchanges("id")).hasSize(2);
  }

  @Test
  void a_discovery_that_fails_is_503_until_it_succeeds_and_then_kept() {
    WEB.stubFor(
        get("/late/.well-known/openid-configuration")
            .willReturn(aResponse().withStatus(404).withBody("<h1>nothing</h1>")));
    HttpResponse<String> answer = new Browser(hub).get("/api/auth/late/login");
    assertThat(reason(answer)).isEqualTo("503 provider-unavailable");
    assertThat(answer.body()).doesNotContain("<h1>");

    OpenIdStub late = new OpenIdStub(WEB, "late");
    WEB.resetRequests();
    Browser browser = new Browser(hub);
    browser.begin("late", "/");
    Map<String, String> begun = browser.begin("late", "/");
    late.welcomes("a", begun);
    assertThat(browser.comeBack("late", begun).statusCode()).isEqualTo(302);
    WEB.verify(1, getRequestedFor(urlEqualTo("/late/.well-known/openid-configuration")));
  }

  @Test
  void a_discovery_document_of_another_issuer_or_without_encryption_is_not_believed() {
    new OpenIdStub(WEB, "other").discovery(Map.of("issuer", "https://evil.example"));
    new OpenIdStub(WEB, "clear").discovery(Map.of("token_endpoint", "http://evil.example/token"));

    HttpResponse<String> other = new Browser(hub).get("/api/auth/other/login");
    HttpResponse<String> clear = new Browser(hub).get("/api/auth/clear/login");

    assertThat(reason(other)).isEqualTo("503 provider-unavailable");
    assertThat(other.body()).contains("another issuer");
    assertThat(reason(clear)).isEqualTo("503 provider-unavailable");
    assertThat(clear.body()).contains("token_endpoint");
  }

  // --- Checks before a call
  // -------------------------------------------------------------------

  @Test
  void an_unknown_provider_is_404() {
    for (String path : List.of("/api/auth/nobody/login", "/api/auth/callback/nobody?state=x")) {
      assertThat(reason(new Browser(hub).get(path))).isEqualTo("404 provider-unknown");
    }
  }

  @Test
  void a_provider_without_its_variables_is_503_and_names_them() {
    for (String path : List.of("/api/auth/unset/login", "/api/auth/callback/unset?state=x")) {
      HttpResponse<String> answer = new Browser(hub).get(path);
      assertThat(reason(answer)).isEqualTo("503 not-configured");
      assertThat(answer.body()).contains("UNSET_ID, UNSET_ISSUER, UNSET_SECRET");
    }
    assertThat(integration("login-unset").path("status").asText()).isEqualTo("not-configured");
  }

  @Test
  void calls_to_a_provider_show_among_the_integrations() {
    loggedIn();

    assertThat(integration("login-id").path("configured").asBoolean()).isTrue();
    assertThat(integration("login-id").path("calls").asInt()).isPositive();
  }

  private static com.fasterxml.jackson.databind.JsonNode integration(String name) {
    for (var entry : hub.json("/api/admin/integrations").path("integrations")) {
      if (entry.path("name").asText().equals(name)) {
        return entry;
      }
    }
    throw new AssertionError(name + " is not listed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "returnTo=//evil.example",
        "returnTo=https://evil.example",
        "returnTo=/%5Cevil.example",
        "returnTo=/%2f%2fevil.example",
        "returnTo=%2f%2fevil.example",
        "returnTo=/%252f%252fevil.example",
        "returnTo=/%255cevil.example",
        "returnTo=",
        "returnTo=orders",
        "returnTo=/a%0d%0aSet-Cookie:x=1",
        "returnTo=/a&returnTo=//evil.example"
      })
  void a_way_back_to_elsewhere_is_refused_before_the_login(String query) {
    Browser browser = new Browser(hub);
    HttpResponse<String> answer = browser.get("/api/auth/id/login?" + query);

    assertThat(reason(answer)).isEqualTo("400 payload-invalid");
    assertThat(answer.body()).contains("returnTo").doesNotContain("evil");
    assertThat(browser.cookies()).isEmpty();
  }

  // --- Logout
  // ----------------------------------------------------------------------------------

  @Test
  void a_logout_ends_the_session_and_the_last_one_gives_the_tokens_back() {
    hub.update("DELETE FROM login_session");
    Browser elsewhere = loggedIn();
    Browser browser = loggedIn();
    String before = browser.cookies().get("__Host-hub_session");

    HttpResponse<String> out =
        browser.send("POST", "/api/auth/logout", "Origin", "https://hub.example.com");

    assertThat(out.statusCode()).isEqualTo(204);
    assertThat(browser.cookies()).isEmpty();
    browser.cookies().put("__Host-hub_session", before);
    assertThat(reason(browser.get("/api/auth/session"))).isEqualTo("401 session-missing");
    assertThat(KEPT).doesNotContain("forget id ada-1815");
    elsewhere.send("POST", "/api/auth/logout", "Origin", "https://hub.example.com");
    await().untilAsserted(() -> assertThat(KEPT).contains("forget id ada-1815"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "https://evil.example",
        "http://hub.example.com",
        "https://hub.example.com.evil.example",
        "https://hub.example.com:8443"
      })
  void a_strangers_page_logs_nobody_out(String origin) {
    Browser browser = loggedIn();

    HttpResponse<String> out =
        origin.isEmpty()
            ? browser.send("POST", "/api/auth/logout")
            : browser.send("POST", "/api/auth/logout", "Origin", origin);

    assertThat(reason(out)).isEqualTo("403 not-permitted");
    assertThat(browser.get("/api/auth/session").statusCode()).isEqualTo(200);
    assertThat(KEPT).doesNotContain("forget id ada-1815");
  }

  @Test
  void a_logout_without_a_session_is_done_already() {
    assertThat(
            new Browser(hub)
                .send("POST", "/api/auth/logout", "Origin", "https://hub.example.com")
                .statusCode())
        .isEqualTo(204);
    assertThat(new Browser(hub).get("/api/auth/logout").statusCode()).isEqualTo(405);
  }

  @Test
  void two_session_cookies_are_none() {
    Browser browser = loggedIn();
    String own = browser.cookies().get("__Host-hub_session");

    HttpResponse<String> answer =
        hub.send(
            "GET",
            "/api/auth/session",
            new byte[0],
            "Cookie",
            "__Host-hub_session=planted; __Host-hub_session=" + own);

    assertThat(answer.statusCode()).isEqualTo(401);
  }

  // --- Tokens
  // -------------------------------------------------------------------------------------

  private static TokenEndpoint tokens() {
    return hub.context().getRegistry().lookupByNameAndType(TokenEndpoint.BEAN, TokenEndpoint.class);
  }

  @Test
  void a_refresh_token_is_traded_for_fresh_ones() {
    id.token(
        OpenIdStub.json(
            200,
            "{\"access_token\":\"new\",\"token_type\":\"bearer\",\"expires_in\":60,\"refresh_token\":\"next\",\"scope\":\"openid email\"}"));

    TokenSet fresh = tokens().refresh("id", "old-refresh-token");

    assertThat(fresh.accessToken()).isEqualTo("new");
    assertThat(fresh.refreshToken()).contains("next");
    assertThat(fresh.scope()).isEqualTo("openid email");
    LoggedRequest asked = exchanges("id").get(0);
    assertThat(Browser.query("http://x/?" + asked.getBodyAsString()))
        .containsEntry("grant_type", "refresh_token")
        .containsEntry("refresh_token", "old-refresh-token")
        .doesNotContainKey("client_secret");
    assertThat(asked.getHeader("Authorization")).startsWith("Basic ");
  }

  @Test
  void a_refresh_without_a_new_refresh_token_leaves_the_old_one() {
    id.token(OpenIdStub.json(200, "{\"access_token\":\"new\",\"token_type\":\"bearer\"}"));

    TokenSet fresh = tokens().refresh("id", "old");

    assertThat(fresh).isEqualTo(new TokenSet("new", Optional.empty(), Optional.empty(), ""));
  }

  @Test
  void a_grant_that_is_over_is_told_apart_from_a_failure() {
    id.token(OpenIdStub.json(400, "{\"error\":\"invalid_grant\",\"error_description\":\"<b>\"}"));
    assertThatThrownBy(() -> tokens().refresh("id", "old"))
        .isInstanceOf(GrantRefusedException.class)
        .hasMessageContaining("invalid_grant")
        .hasMessageNotContaining("<b>");

    id.token(OpenIdStub.json(401, "{\"error\":\"invalid_client\"}"));
    assertThatThrownBy(() -> tokens().refresh("id", "old")).isInstanceOf(CallFailedException.class);
    id.token(aResponse().withStatus(500));
    assertThatThrownBy(() -> tokens().refresh("id", "old")).isInstanceOf(CallFailedException.class);
    assertThat(exchanges("id")).hasSize(3);
  }

  @Test
  void a_token_is_given_back_where_the_provider_takes_it() {
    WEB.stubFor(post("/id/revoke").willReturn(aResponse().withStatus(200)));

    tokens().revoke("id", "old-token");
    tokens().revoke("open", "old-token");

    LoggedRequest asked = WEB.findAll(postRequestedFor(urlEqualTo("/id/revoke"))).get(0);
    assertThat(asked.getBodyAsString()).isEqualTo("token=old-token");
    assertThat(asked.getHeader("Authorization")).startsWith("Basic ");
    WEB.verify(0, postRequestedFor(urlEqualTo("/open/revoke")));
  }
}
