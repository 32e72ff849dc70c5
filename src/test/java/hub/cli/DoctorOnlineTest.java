package hub.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.head;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorOnlineTest {
  private static final String KEY = "a-key-that-nobody-may-see";
  private static final WireMockServer PROVIDERS =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  @TempDir private Path folder;
  private Shell shell;

  @BeforeAll
  static void start() {
    PROVIDERS.start();
  }

  @AfterAll
  static void stop() {
    PROVIDERS.stop();
  }

  @BeforeEach
  void begin() {
    PROVIDERS.resetAll();
    PROVIDERS.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(404)));
    shell =
        new Shell(folder)
            .with("STRIPE_API_BASE", PROVIDERS.baseUrl())
            .with("RESEND_API_BASE", PROVIDERS.baseUrl())
            .with("SENDGRID_API_BASE", PROVIDERS.baseUrl())
            .with("POSTHOG_HOST", PROVIDERS.baseUrl())
            .with("MIXPANEL_HOST", PROVIDERS.baseUrl())
            .with("hub.data-dir", folder.resolve("data").toString());
  }

  private String online() {
    String out = shell.run("doctor", "--online").out();
    assertThat(out).doesNotContain(KEY);
    return out;
  }

  private static void stripeAnswers(int status, Duration ahead) {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plus(ahead).atOffset(ZoneOffset.UTC));
    PROVIDERS.stubFor(
        get("/v1/balance").willReturn(aResponse().withStatus(status).withHeader("Date", date)));
  }

  @Test
  void without_online_nobody_is_asked() {
    shell.with("STRIPE_SECRET_KEY", KEY).with("POSTHOG_API_KEY", KEY).run("doctor");

    assertThat(PROVIDERS.getAllServeEvents()).isEmpty();
  }

  @Test
  void who_is_not_configured_is_not_asked() {
    assertThat(online()).contains("ok    providers: none is configured, so none was asked");
    assertThat(PROVIDERS.getAllServeEvents()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "200, ok    stripe: answers as it should",
    "403, ok    stripe: answers as it should",
    "401, fail  stripe: refuses the key (HTTP 401); copy it anew into STRIPE_SECRET_KEY",
    "404, fail  stripe: nothing is at this address",
    "429, warn  stripe: limits the calls now",
    "503, fail  stripe: is in trouble (HTTP 503); try again later"
  })
  void the_answer_tells_what_to_do(int status, String line) {
    stripeAnswers(status, Duration.ZERO);
    shell.with("STRIPE_SECRET_KEY", KEY);

    assertThat(online()).contains(line);
    PROVIDERS.verify(
        1,
        getRequestedFor(urlPathEqualTo("/v1/balance"))
            .withHeader(
                "Authorization",
                com.github.tomakehurst.wiremock.client.WireMock.equalTo("Bearer " + KEY)));
  }

  @Test
  void a_provider_that_does_not_answer_is_told() {
    shell.with("STRIPE_SECRET_KEY", KEY).with("STRIPE_API_BASE", "http://localhost:1");

    assertThat(online()).contains("fail  stripe: no answer; check network, proxy");
  }

  @ParameterizedTest
  @CsvSource({
    "0, ok    clock: within 5 s",
    "60, warn  clock: 60 s behind that of the providers; synchronise it",
    "-400, fail  clock: 400 s ahead of that of the providers"
  })
  void a_clock_that_is_wrong_is_told(int seconds, String line) {
    stripeAnswers(200, Duration.ofSeconds(seconds));
    shell.with("STRIPE_SECRET_KEY", KEY);

    String clock =
        online().lines().filter(one -> one.contains("  clock: ")).findFirst().orElseThrow();
    assertThat(clock.replaceAll("\\b(59|61)\\b", "60").replaceAll("\\b(399|401)\\b", "400"))
        .startsWith(line);
  }

  @Test
  void a_secret_of_ones_own_folder_is_tried_by_its_probe() throws IOException {
    Files.createDirectories(folder.resolve("routes/shop"));
    Files.writeString(
        folder.resolve("routes/shop/variables.yaml"),
        """
        SHOP_API_KEY:
          kind: secret
          description: Key of the shop's API.
          probe: {name: shop, address: "{{SHOP_API_BASE}}/ping", header: X-Shop-Key, right: [409]}
        SHOP_API_BASE: {kind: address, default: "%s/", description: Where it is.}
        """
            .formatted(PROVIDERS.baseUrl()));
    PROVIDERS.stubFor(
        get("/ping")
            .withHeader("X-Shop-Key", equalTo(KEY))
            .willReturn(aResponse().withStatus(409)));
    shell.with("SHOP_API_KEY", KEY);

    assertThat(online()).contains("ok    shop: answers as it should");
  }

  @Test
  void each_configured_provider_is_asked() throws IOException {
    Files.createDirectories(folder.resolve("routes/login"));
    Files.writeString(
        folder.resolve("routes/login/providers.yaml"),
        """
        acme: {title: Acme, issuer: "%1$s/acme", client-id: me, client-secret: a}
        other: {title: Other, issuer: "%1$s/other", client-id: me, client-secret: a}
        unset: {title: Unset, issuer: "%1$s/unset", client-id: "{{NOBODY_SET_THIS:}}", client-secret: a}
        """
            .formatted(PROVIDERS.baseUrl()));
    for (String name : new String[] {"acme", "other"}) {
      PROVIDERS.stubFor(
          get("/" + name + "/.well-known/openid-configuration")
              .willReturn(
                  aResponse().withBody("{\"issuer\":\"" + PROVIDERS.baseUrl() + "/acme\"}")));
    }
    PROVIDERS.stubFor(
        get("/domains")
            .willReturn(aResponse().withStatus(401).withBody("{\"name\":\"restricted_api_key\"}")));
    PROVIDERS.stubFor(post("/flags?v=2").willReturn(aResponse().withStatus(401)));
    PROVIDERS.stubFor(post("/track?verbose=1").willReturn(aResponse().withStatus(400)));
    PROVIDERS.stubFor(head(urlPathEqualTo("/photos")).willReturn(aResponse().withStatus(403)));
    shell
        .with("EMAIL_TRANSPORT", "resend")
        .with("EMAIL_FROM", "hub@example.com")
        .with("RESEND_API_KEY", KEY)
        .with("POSTHOG_API_KEY", KEY)
        .with("MIXPANEL_TOKEN", KEY)
        .with("S3_ENDPOINT", PROVIDERS.baseUrl())
        .with("S3_BUCKET", "photos")
        .with("AWS_REGION", "auto")
        .with("AWS_ACCESS_KEY_ID", "id")
        .with("AWS_SECRET_ACCESS_KEY", KEY);

    String out = online();

    assertThat(out)
        .contains(
            "ok    e-mail by resend: answers",
            "fail  posthog: refuses the key (HTTP 401); copy it anew into POSTHOG_API_KEY",
            "ok    mixpanel",
            "ok    login acme: answers",
            "fail  login other: its discovery document names another issuer; write issuer: "
                + PROVIDERS.baseUrl()
                + "/acme",
            "fail  s3: the key is refused for bucket photos")
        .doesNotContain("login unset");
    JsonNode json = Json.own(shell.run("doctor", "--online", "--json").out());
    assertThat(json.get("failed").asBoolean()).isTrue();
    assertThat(json.get("checks").findValuesAsText("verdict")).contains("ok", "fail");
  }
}
