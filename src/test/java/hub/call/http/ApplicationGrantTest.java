package hub.call.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.SignedJWT;
import hub.testing.AskRoute;
import hub.testing.Hubs;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls that authenticate with a token of the hub itself, on either store. */
@Tag("postgres")
@ParameterizedClass
@EnumSource(Store.class)
class ApplicationGrantTest {
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static final String TOKENS_KEY = "a-key-that-may-read-tokens";

  private static KeyPair keys;

  @Parameter private Store store;

  private TestHub hub;

  private static final Hubs HUBS = new Hubs(ApplicationGrantTest::start);

  private static TestHub start(Store store) {
    return TestHub.on(store)
        .with("hub.api-keys", "test:" + TestHub.API_KEY + ",app:" + TOKENS_KEY + ":tokens")
        .with("CRM_ID", "the id")
        .with("CRM_SECRET", "s3cret+")
        .with("APP_KEY", pkcs1(keys).replace("\n", "\\n"))
        .with("BAD_KEY", "no key at all")
        .routeFile("policies/*.camel.yaml")
        .route("ask-crm", ask("crm", client("CRM_SECRET")))
        .route("ask-unset", ask("unset", client("CRM_SECRET_UNSET")))
        .route("ask-post", ask("post", client("CRM_SECRET") + "clientAuth: post"))
        .route("ask-hub", ask("hub", app("APP_KEY")))
        .route("ask-bad", ask("bad", app("BAD_KEY")))
        .start();
  }

  @BeforeAll
  static void start() throws Exception {
    API.start();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    keys = generator.generateKeyPair();
  }

  @AfterAll
  static void stop() {
    HUBS.close();
    API.stop();
  }

  @BeforeEach
  void empty() {
    hub = HUBS.on(store);
    API.resetAll();
    hub.update("DELETE FROM token");
    API.stubFor(post("/token").willReturn(token("one")));
    API.stubFor(get("/").willReturn(okJson("{\"a\":1}")));
  }

  private static String ask(String name, String parameters) {
    return AskRoute.of(name, API.baseUrl(), parameters.strip().split("\n"));
  }

  private static String client(String secret) {
    return "auth: client-credentials\ntokenUrl: "
        + API.baseUrl()
        + "/token\nclientId: CRM_ID\nclientSecret: "
        + secret
        + "\nscope: read write\naudience: crm\ntokenParameters: resource=x%20y\nmaxRetries: 0\n";
  }

  private static String app(String key) {
    return "auth: github-app\nappId: \"77\"\ninstallationId: \"42\"\nprivateKey: " + key + "\n";
  }

  private static com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder token(
      String value) {
    return okJson("{\"access_token\":\"" + value + "\",\"expires_in\":3600}");
  }

  /** PEM of PKCS #1, as GitHub gives it: the octets at the end of PKCS #8. */
  private static String pkcs1(KeyPair pair) {
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    return "-----BEGIN RSA PRIVATE KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'})
            .encodeToString(Arrays.copyOfRange(pkcs8, 26, pkcs8.length))
        + "\n-----END RSA PRIVATE KEY-----\n";
  }

  private HttpResponse<String> asked(String name) {
    return hub.get("/api/test/" + name);
  }

  @Test
  void a_token_by_client_credentials_is_sent_and_kept_encrypted() {
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    API.verify(
        1,
        postRequestedFor(urlEqualTo("/token"))
            .withHeader(
                "Authorization",
                equalTo(
                    "Basic " + Base64.getEncoder().encodeToString("the+id:s3cret%2B".getBytes())))
            .withRequestBody(
                equalTo(
                    "grant_type=client_credentials&scope=read+write&audience=crm"
                        + "&resource=x%20y")));
    API.verify(
        2, getRequestedFor(urlEqualTo("/")).withHeader("Authorization", equalTo("Bearer one")));
    assertThat(hub.query("SELECT count(*) FROM token WHERE provider LIKE 'application:%'"))
        .contains("1");
    String text =
        store == Store.H2 ? "utf8tostring(access_token)" : "encode(access_token, 'escape')";
    assertThat(hub.query("SELECT " + text + " FROM token").orElseThrow()).doesNotContain("one");
  }

  @Test
  void a_client_may_show_its_secret_in_the_form() {
    assertThat(asked("post").statusCode()).isEqualTo(200);
    API.verify(
        postRequestedFor(urlEqualTo("/token"))
            .withoutHeader("Authorization")
            .withRequestBody(containing("&client_id=the+id&client_secret=s3cret%2B")));
  }

  @Test
  void many_calls_at_once_ask_for_one_token() throws Exception {
    API.stubFor(post("/token").willReturn(token("one").withFixedDelay(200)));
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try {
      Callable<HttpResponse<String>> call = () -> asked("crm");
      for (Future<HttpResponse<String>> each :
          threads.invokeAll(List.of(call, call, call, call, call))) {
        assertThat(each.get().statusCode()).isEqualTo(200);
      }
    } finally {
      threads.shutdownNow();
    }
    API.verify(1, postRequestedFor(urlEqualTo("/token")));
  }

  @Test
  void a_token_that_the_api_refuses_is_replaced_once() {
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    API.stubFor(post("/token").willReturn(token("two")));
    API.stubFor(
        get("/")
            .withHeader("Authorization", equalTo("Bearer one"))
            .willReturn(aResponse().withStatus(401)));
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    API.verify(2, postRequestedFor(urlEqualTo("/token")));
    API.verify(
        1, getRequestedFor(urlEqualTo("/")).withHeader("Authorization", equalTo("Bearer two")));

    API.stubFor(get("/").willReturn(aResponse().withStatus(401)));
    assertThat(asked("crm").body()).contains("provider-rejected").contains("HTTP 401");
    API.verify(3, postRequestedFor(urlEqualTo("/token")));
  }

  @Test
  void a_token_is_replaced_before_it_runs_out_and_used_while_its_issuer_is_away() {
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    hub.update(
        "UPDATE token SET obtained_at = CURRENT_TIMESTAMP - INTERVAL '1' HOUR,"
            + " expires_at = CURRENT_TIMESTAMP + INTERVAL '30' SECOND");
    API.stubFor(post("/token").willReturn(aResponse().withStatus(503)));
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    API.stubFor(post("/token").willReturn(token("two")));
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    API.verify(
        1, getRequestedFor(urlEqualTo("/")).withHeader("Authorization", equalTo("Bearer two")));
  }

  @Test
  void a_wrong_client_secret_is_refused_for_good_and_named() {
    API.stubFor(
        post("/token")
            .willReturn(
                aResponse()
                    .withStatus(401)
                    .withHeader("Content-Type", "application/json")
                    .withBody("{\"error\":\"invalid_client\"}")));
    HttpResponse<String> answer = asked("crm");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("provider-rejected")
        .contains("invalid_client")
        .contains("refuses CRM_ID and CRM_SECRET")
        .doesNotContain("s3cret");
    API.verify(1, postRequestedFor(urlEqualTo("/token")));
    API.verify(0, getRequestedFor(urlEqualTo("/")));
  }

  @Test
  void an_outage_of_the_token_endpoint_is_one_of_the_provider() {
    API.stubFor(post("/token").willReturn(aResponse().withStatus(503)));
    HttpResponse<String> answer = asked("crm");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body())
        .contains("provider-unavailable")
        .contains("its token endpoint " + API.baseUrl() + "/token answers HTTP 503");
  }

  @Test
  void a_variable_that_is_not_set_is_named() {
    HttpResponse<String> answer = asked("unset");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("not-configured").contains("CRM_SECRET_UNSET");
    API.verify(0, postRequestedFor(urlEqualTo("/token")));
  }

  @Test
  void a_github_app_shows_a_jwt_and_gets_the_token_of_its_installation() throws Exception {
    API.stubFor(
        post("/app/installations/42/access_tokens")
            .willReturn(
                okJson(
                        "{\"token\":\"ghs_1\",\"expires_at\":\""
                            + Instant.now().plusSeconds(3600)
                            + "\"}")
                    .withStatus(201)));
    assertThat(asked("hub").statusCode()).isEqualTo(200);
    API.verify(
        1, getRequestedFor(urlEqualTo("/")).withHeader("Authorization", equalTo("Bearer ghs_1")));
    SignedJWT jwt =
        SignedJWT.parse(
            API.findAll(postRequestedFor(urlEqualTo("/app/installations/42/access_tokens")))
                .get(0)
                .getHeader("Authorization")
                .substring("Bearer ".length()));
    assertThat(jwt.verify(new RSASSAVerifier((RSAPublicKey) keys.getPublic()))).isTrue();
    assertThat(jwt.getJWTClaimsSet().getIssuer()).isEqualTo("77");
    assertThat(
            Duration.between(
                jwt.getJWTClaimsSet().getIssueTime().toInstant(),
                jwt.getJWTClaimsSet().getExpirationTime().toInstant()))
        .isLessThanOrEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void a_private_key_that_is_none_is_named_and_not_shown() {
    assertThat(asked("bad").body())
        .contains("not-configured")
        .contains("BAD_KEY")
        .doesNotContain("no key at all");
  }

  @Test
  void callers_with_the_scope_tokens_do_not_get_the_hubs_own() {
    assertThat(asked("crm").statusCode()).isEqualTo(200);
    String key = hub.query("SELECT subject FROM token").orElseThrow();
    assertThat(
            hub.send(
                    "GET",
                    "/api/auth/tokens/application:client-credentials/" + key,
                    new byte[0],
                    "Authorization",
                    "Bearer " + TOKENS_KEY)
                .body())
        .contains("person-unknown");
  }
}
