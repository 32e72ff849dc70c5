package hub.identity.login;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.nimbusds.jwt.JWTClaimsSet;
import hub.identity.token.GrantRefusedException;
import hub.identity.token.TokenEndpoint;
import hub.identity.token.TokenSet;
import hub.identity.token.TokenStore;
import hub.identity.token.TokenVault;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Known deviations of providers from the standards. */
class ProviderQuirksTest {
  private static final String CLIENT = "the-client";
  private static final String TENANT = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";

  private static final WireMockServer WEB =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static final List<TokenSet> TOKENS = new CopyOnWriteArrayList<>();

  private static OpenIdStub plain;
  private static OpenIdStub microsoft;
  private static OpenIdStub slack;
  private static OpenIdStub linkedIn;
  private static OpenIdStub twitch;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    WEB.start();
    plain = new OpenIdStub(WEB, "plain");
    microsoft = new OpenIdStub(WEB, "common");
    microsoft.discovery(Map.of("issuer", WEB.baseUrl() + "/{tenantid}"));
    OpenIdStub domain = new OpenIdStub(WEB, "example.com");
    domain.discovery(Map.of("issuer", WEB.baseUrl() + "/" + TENANT));
    slack = new OpenIdStub(WEB, "slack");
    linkedIn = new OpenIdStub(WEB, "linkedin");
    twitch = new OpenIdStub(WEB, "twitch");
    WEB.stubFor(get("/plain/user").willReturn(okJson("{\"id\":42}")));
    hub =
        TestHub.on(Store.H2)
            .with("hub.call.retries", "0")
            .with("hub.breaker.attempts", "1000")
            .loginProviders(
                """
                plain:
                  authorize-url: WEB/plain/authorize
                  token-url: WEB/plain/token
                  user-info-url: WEB/plain/user
                  client-id: the-client
                  scopes: read
                  subject: $.id
                microsoft: {issuer: WEB/common, client-id: the-client}
                domain: {issuer: WEB/example.com, client-id: the-client}
                slack:
                  issuer: WEB/slack
                  client-id: the-client
                  client-auth: post
                  pkce: false
                  client-secret: a-secret-of-the-tests
                  tenant: $['https://slack.com/team_id']
                linkedin:
                  issuer: WEB/linkedin
                  client-id: the-client
                  client-secret: a-secret-of-the-tests
                  client-auth: post
                  pkce: false
                  nonce: false
                twitch:
                  issuer: WEB/twitch
                  client-id: the-client
                  scopes: openid user:read:email
                  name: $.preferred_username
                  authorize-parameters:
                    claims: '{"id_token":{"email":null}}'
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
                TOKENS.add(tokens);
              }

              @Override
              public void forget(String provider, String subject) {
                // No tokens to delete.
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
    TOKENS.clear();
  }

  private static HttpResponse<String> exchange(String type, String answer) {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("plain", "/");
    plain.token(aResponse().withHeader("Content-Type", type).withBody(answer));
    return browser.comeBack("plain", begun);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'access_token':'abc'} | read",
        "{'access_token':'abc','token_type':'BEARER','scope':['a','b']} | a b",
        "{'access_token':'abc','token_type':'','scope':'a,b'} | a b",
        "{'access_token':'abc','token_type':null,'scope':'','refresh_token':''} | read",
        "{'access_token':'abc','token_type':'bot','scope':'a'} | a",
        "{'access_token':'abc','token_type':['user'],'scope':{'a':1}} | read",
        "{'access_token':'abc','scope':null,'expires_in':null,'refresh_token':null} | read",
        "{'ok':true,'error':null,'errors':[],'access_token':'abc','scope':'a'} | a",
        "access_token=abc&scope=a%2Cb&token_type=bearer | a b",
        "access_token=abc&refresh_token=&x-team.id=1&scope=a+b | a b",
      })
  void a_token_answer_is_read_tolerantly(String answer, String scope) {
    HttpResponse<String> back = exchange("text/plain", answer.replace('\'', '"'));

    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    assertThat(TOKENS.get(0).accessToken()).isEqualTo("abc");
    assertThat(TOKENS.get(0).scope()).isEqualTo(scope);
    assertThat(TOKENS.get(0).refreshToken()).isEmpty();
    assertThat(TOKENS.get(0).expiresAt()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3600", "3600.5", "\"3600\"", "\"3600.0\""})
  void a_lifetime_may_be_a_text_or_a_fraction(String seconds) {
    HttpResponse<String> back =
        exchange("application/json", "{\"access_token\":\"abc\",\"expires_in\":" + seconds + "}");

    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    assertThat(TOKENS.get(0).expiresAt()).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'ok':false,'error':'bad_code'} | refused: bad_code",
        "{'ok':false} | refused: not_ok",
        "{'errors':['bad_code']} | refused: bad_code",
        "{'errors':[{'code':'bad_code','message':'s3cret'}]} | refused: bad_code",
        "{'error':{'type':'OAuthException','message':'s3cret','code':190}} | refused: 190",
        "{'error':{'message':'s3cret'}} | refused: unreadable_error",
        "{'token':'s3cret','user':1} | has no access_token, it has: token, user",
        "{'access_token':7,'token_type':'bearer'} | has no access_token",
        "error=bad_code&error_description=s3cret | refused: bad_code",
      })
  void what_is_wrong_with_a_token_answer_is_named_without_its_secrets(String answer, String told) {
    HttpResponse<String> back = exchange("application/json", answer.replace('\'', '"'));

    assertThat(back.statusCode()).isEqualTo(502);
    assertThat(Json.own(back.body()).path("detail").asText()).contains(told);
    assertThat(back.body()).contains("token-exchange-failed").doesNotContain("s3cret");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | {'ok':false,'error':'invalid_refresh_token'}",
        "200 | {'error':'bad_refresh_token'}",
        "400 | {'error':'invalid_grant','error_description':'s3cret'}",
        "400 | {'error':'Bad Request','status':400,'message':'Invalid refresh token'}",
      })
  void a_grant_that_is_over_is_known_by_every_providers_word_for_it(int status, String answer) {
    plain.token(aResponse().withStatus(status).withBody(answer.replace('\'', '"')));
    TokenEndpoint endpoint =
        hub.context().getRegistry().lookupByNameAndType(TokenEndpoint.BEAN, TokenEndpoint.class);

    assertThatThrownBy(() -> endpoint.refresh("plain", "old"))
        .isInstanceOf(GrantRefusedException.class)
        .hasMessageNotContaining("s3cret");
  }

  private static HttpResponse<String> comeBack(
      OpenIdStub stub, String provider, JWTClaimsSet.Builder claims, Browser browser) {
    Map<String, String> begun = browser.begin(provider, "/");
    stub.gives(OpenIdStub.sign(claims.claim("nonce", begun.get("nonce")).build(), stub.key()));
    return browser.comeBack(provider, begun);
  }

  private static String subject(Browser browser) {
    return Json.own(browser.get("/api/auth/session").body()).path("subject").asText();
  }

  @Test
  void an_issuer_of_many_tenants_lets_each_ones_people_in_under_its_tenant() {
    Browser browser = new Browser(hub);
    HttpResponse<String> back =
        comeBack(
            microsoft,
            "microsoft",
            microsoft.claims(CLIENT, "").issuer(WEB.baseUrl() + "/" + TENANT).claim("tid", TENANT),
            browser);

    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    assertThat(subject(browser)).isEqualTo(TENANT + ".ada-1815");
  }

  @ParameterizedTest
  @CsvSource({
    TENANT + ", evil",
    TENANT + ", 9188040d-6c67-4c5b-b112-36a304b66dad",
    "common, common",
    TENANT + ", ",
  })
  void a_token_of_many_tenants_must_be_of_its_own(String issuer, String tenant) {
    HttpResponse<String> back =
        comeBack(
            microsoft,
            "microsoft",
            microsoft.claims(CLIENT, "").issuer(WEB.baseUrl() + "/" + issuer).claim("tid", tenant),
            new Browser(hub));

    assertThat(back.statusCode()).isEqualTo(502);
    assertThat(back.body()).contains("token-exchange-failed");
  }

  @Test
  void an_issuer_whose_document_names_another_is_told_what_to_write() {
    HttpResponse<String> answer = new Browser(hub).get("/api/auth/domain/login");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("write issuer: " + WEB.baseUrl() + "/" + TENANT);
  }

  @Test
  void a_persons_id_counts_within_the_organisation() {
    Browser browser = new Browser(hub);
    HttpResponse<String> back =
        comeBack(
            slack,
            "slack",
            slack.claims(CLIENT, "").claim("https://slack.com/team_id", "T0RR"),
            browser);

    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    assertThat(subject(browser)).isEqualTo("T0RR.ada-1815");
    assertThat(comeBack(slack, "slack", slack.claims(CLIENT, ""), browser).body())
        .contains("does not tell the person's organisation");
  }

  @Test
  void a_provider_that_refuses_pkce_and_knows_no_nonce_is_sent_neither() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("linkedin", "/");
    assertThat(begun).doesNotContainKeys("code_challenge", "code_challenge_method", "nonce");
    linkedIn.gives(
        OpenIdStub.sign(linkedIn.claims(CLIENT, "").claim("nonce", null).build(), linkedIn.key()));

    HttpResponse<String> back = browser.comeBack("linkedin", begun);

    assertThat(back.statusCode()).as(back.body()).isEqualTo(302);
    var sent = WEB.findAll(postRequestedFor(urlEqualTo("/linkedin/token"))).get(0);
    assertThat(sent.containsHeader("Authorization")).isFalse();
    assertThat(Browser.query("http://x/?" + sent.getBodyAsString()))
        .containsEntry("client_secret", "a-secret-of-the-tests")
        .containsEntry("client_id", CLIENT)
        .doesNotContainKey("code_verifier");
  }

  @Test
  void a_scope_may_be_a_list_and_claims_may_be_asked_for() {
    Browser browser = new Browser(hub);
    Map<String, String> begun = browser.begin("twitch", "/");
    assertThat(begun).containsEntry("claims", "{\"id_token\":{\"email\":null}}");
    String idToken =
        OpenIdStub.sign(
            twitch
                .claims(CLIENT, begun.get("nonce"))
                .claim("name", null)
                .claim("preferred_username", "ada")
                .build(),
            twitch.key());
    twitch.token(
        okJson(
            Json.text(
                Map.of(
                    "access_token",
                    "abc",
                    "expires_in",
                    14124,
                    "id_token",
                    idToken,
                    "scope",
                    List.of("user:read:email", "openid"),
                    "token_type",
                    "bearer"))));

    assertThat(browser.comeBack("twitch", begun).statusCode()).isEqualTo(302);
    assertThat(browser.get("/api/auth/session").body()).contains("\"ada\"");
    assertThat(TOKENS.get(0).scope())
        .as("what was given, not what was asked for")
        .isEqualTo("user:read:email openid");
  }
}
