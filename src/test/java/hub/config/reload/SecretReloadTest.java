package hub.config.reload;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.unauthorized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.identity.token.TokenSet;
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
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Secrets that change while the hub runs. */
@Tag("postgres")
@Tag("waits")
class SecretReloadTest {
  private static final String OLD = "the-old-secret-of-the-shop";
  private static final String NEW = "the-new-secret-of-the-shop";
  private static final String OLD_KEY = "old:" + "AB".repeat(21) + "A=";
  private static final String NEW_KEY = "new:" + "CD".repeat(21) + "A=";

  private static final String SHOP =
      """
      - route:
          id: shop-webhook
          description: Receives the shop's events.
          from:
            uri: kamelet:webhook-source
            parameters:
              source: shop
              scheme: hmac
              secrets: SHOP_SECRET
              optional: true
              signatureHeader: X-Shop-Signature
              eventId: $.id
              eventType: $.type
            steps:
              - to:
                  uri: inbox:shop
      """;

  @TempDir Path folder;

  private void write(String name, String value) {
    try {
      Files.createDirectories(folder.resolve("secrets"));
      Files.writeString(folder.resolve("secrets").resolve(name), value + "\n");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private TestHub.Builder hub(Store store) {
    return TestHub.on(store)
        .with("hub.secrets-dir", folder.resolve("secrets").toString())
        .route("shop-webhook", SHOP);
  }

  /** Waits for the hub's own checks. */
  private static void withinTenSeconds(Callable<Boolean> state) {
    await().atMost(Duration.ofSeconds(10)).until(state);
  }

  /** Makes the hub's checks at once. */
  private static void soon(TestHub hub, Callable<Boolean> state) {
    SecretWatch watch = hub.context().hasService(SecretWatch.class);
    withinTenSeconds(
        () -> {
          watch.look();
          return state.call();
        });
  }

  private static void told(TestHub hub, LogLines log, String... parts) {
    soon(
        hub,
        () -> log.lines().stream().anyMatch(line -> Stream.of(parts).allMatch(line::contains)));
  }

  private static HttpResponse<String> shop(TestHub hub, String secret) {
    String body = "{\"id\":\"o1\",\"type\":\"order.paid\"}";
    return hub.post("/api/webhooks/shop", body, "X-Shop-Signature", hmac(secret, body));
  }

  private static String hmac(String secret, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int asked(TestHub hub, String path, String key) {
    return hub.send("GET", path, new byte[0], "Authorization", "Bearer " + key).statusCode();
  }

  @Test
  void a_senders_new_secret_is_in_use_within_ten_seconds_and_the_old_one_no_more() {
    write("SHOP_SECRET", OLD);
    try (TestHub hub = hub(Store.H2).start();
        LogLines log = LogLines.of(SecretWatch.class.getName())) {
      assertThat(shop(hub, OLD).statusCode()).isEqualTo(200);

      write("SHOP_SECRET", NEW);

      withinTenSeconds(() -> shop(hub, NEW).statusCode() == 200);
      assertThat(shop(hub, OLD).body()).contains("signature-mismatch");
      assertThat(log.lines()).contains("INFO secrets=change outcome=taken names=SHOP_SECRET");
    }
  }

  @Test
  void a_wrong_new_secret_leaves_the_old_one_and_is_told_by_its_name_alone() {
    write("SHOP_SECRET", OLD);
    try (TestHub hub = hub(Store.H2).start();
        LogLines log = LogLines.of(SecretWatch.class.getName())) {
      write("SHOP_SECRET", OLD + ",tooshort");
      told(
          hub,
          log,
          "WARN secrets=change outcome=kept name=SHOP_SECRET",
          "number 2 of 2",
          "8 bytes");
      assertThat(shop(hub, OLD).statusCode()).isEqualTo(200);

      write("SHOP_SECRET", NEW + "," + OLD);
      soon(hub, () -> shop(hub, NEW).statusCode() == 200);
      assertThat(shop(hub, OLD).statusCode()).isEqualTo(200);
      assertThat(log.lines()).noneMatch(line -> line.contains("tooshort") || line.contains(OLD));
    }
  }

  @Test
  void a_source_without_a_secret_opens_when_it_gets_one() {
    try (TestHub hub = hub(Store.H2).start()) {
      assertThat(shop(hub, NEW).body()).contains("not-configured");

      write("SHOP_SECRET", NEW);

      soon(hub, () -> shop(hub, NEW).statusCode() == 200);
    }
  }

  @Test
  void keys_of_callers_and_operators_are_read_from_files_and_change() {
    write("HUB_API_KEYS", "shop:a-callers-old-key-1");
    write("HUB_ADMIN_KEY", "the-operators-old-key");
    try (TestHub hub = hub(Store.H2).without("hub.api-keys").without("hub.admin-key").start();
        LogLines log = LogLines.of(SecretWatch.class.getName())) {
      assertThat(asked(hub, "/api/openapi.json", "a-callers-old-key-1")).isEqualTo(200);
      assertThat(asked(hub, "/api/admin/stats", "the-operators-old-key")).isEqualTo(200);

      write("HUB_API_KEYS", "shop:a-callers-new-key-1");
      write("HUB_ADMIN_KEY", "the-operators-new-key");

      soon(hub, () -> asked(hub, "/api/openapi.json", "a-callers-new-key-1") == 200);
      soon(hub, () -> asked(hub, "/api/admin/stats", "the-operators-new-key") == 200);
      assertThat(asked(hub, "/api/openapi.json", "a-callers-old-key-1")).isEqualTo(401);
      assertThat(asked(hub, "/api/admin/stats", "the-operators-old-key")).isEqualTo(401);

      write("HUB_API_KEYS", "shop:a-callers-new-key-1:everything");
      write("HUB_ADMIN_KEY", "short");
      told(hub, log, "outcome=kept name=HUB_API_KEYS", "unknown scope");
      told(hub, log, "outcome=kept name=HUB_ADMIN_KEY", "5 bytes");
      assertThat(asked(hub, "/api/openapi.json", "a-callers-new-key-1")).isEqualTo(200);
      assertThat(asked(hub, "/api/admin/stats", "the-operators-new-key")).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void tokens_stay_readable_when_the_keys_they_are_encrypted_with_change(Store store) {
    write("HUB_ENCRYPTION_KEYS", OLD_KEY);
    try (TestHub hub = hub(store).start();
        LogLines log = LogLines.of(SecretWatch.class.getName())) {
      TokenVault vault = hub.context().getRegistry().findSingleByType(TokenVault.class);
      store(vault, "ada");

      write("HUB_ENCRYPTION_KEYS", NEW_KEY);
      told(hub, log, "outcome=kept name=HUB_ENCRYPTION_KEYS", "lacks the key 'old'");
      write("HUB_ENCRYPTION_KEYS", "new:dG9vIHNob3J0," + OLD_KEY);
      told(hub, log, "outcome=kept name=HUB_ENCRYPTION_KEYS", "number 1 of 2 has 9 bytes");
      write("HUB_ENCRYPTION_KEYS", NEW_KEY.replace("new:", "old:"));
      told(hub, log, "outcome=kept name=HUB_ENCRYPTION_KEYS", "another key under the id 'old'");

      write("HUB_ENCRYPTION_KEYS", NEW_KEY + "," + OLD_KEY);
      told(hub, log, "outcome=taken names=HUB_ENCRYPTION_KEYS");
      store(vault, "bob");
      assertThat(keyOf(hub, "ada")).isEqualTo("old");
      assertThat(keyOf(hub, "bob")).isEqualTo("new");
      assertThat(vault.accessToken("github", "ada")).isEqualTo("token of ada");
      assertThat(vault.accessToken("github", "bob")).isEqualTo("token of bob");

      // The old key may be removed when nothing is encrypted with it any more.
      assertThat(hub.operate("/api/admin/tokens/rotate", "").statusCode()).isEqualTo(200);
      write("HUB_ENCRYPTION_KEYS", NEW_KEY);
      soon(
          hub,
          () -> log.lines().stream().filter(line -> line.contains("outcome=taken")).count() == 2);
      assertThat(vault.accessToken("github", "ada")).isEqualTo("token of ada");
      assertThat(log.lines()).noneMatch(line -> line.contains("AAAA") || line.contains("BBBB"));
    }
  }

  private static void store(TokenVault vault, String person) {
    vault.store(
        "github",
        person,
        new TokenSet(
            "token of " + person,
            Optional.empty(),
            Optional.of(Instant.now().plus(Duration.ofDays(1))),
            ""));
  }

  private static String keyOf(TestHub hub, String person) {
    return hub.query("SELECT key_id FROM token WHERE subject = ?", person).orElseThrow();
  }

  @Test
  void a_providers_new_key_is_sent_with_the_next_call() {
    WireMockServer crm = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    crm.start();
    write("CRM_KEY", "old-key-of-the-crm");
    try (TestHub hub = hub(Store.H2).route("ask-crm", ASK_CRM.formatted(crm.port())).start()) {
      crm.stubFor(get(anyUrl()).willReturn(unauthorized()));
      crm.stubFor(
          get(anyUrl())
              .withHeader("Authorization", equalTo("Bearer new-key-of-the-crm"))
              .willReturn(okJson("{}")));
      assertThat(hub.get("/api/test/crm").statusCode()).isNotEqualTo(200);

      write("CRM_KEY", "new-key-of-the-crm");

      soon(hub, () -> hub.get("/api/test/crm").statusCode() == 200);
    } finally {
      crm.stop();
    }
  }

  private static final String ASK_CRM =
      """
      - route:
          id: ask-crm
          description: Asks the CRM.
          from:
            uri: platform-http:/api/test/crm
            steps:
              - to:
                  uri: kamelet:http-api-action
                  parameters:
                    baseUrl: http://localhost:%d
                    path: /me
                    auth: bearer
                    secret: CRM_KEY
                    breaker: crm
                    operation: show
              - marshal:
                  json:
                    library: Jackson
      """;

  @Test
  void the_secrets_of_application_properties_are_read_again_when_an_operator_says_so()
      throws IOException {
    Path file = folder.resolve("application.properties");
    Files.writeString(
        file,
        """
        SHOP_SECRET = %s
        hub.api-keys = shop:a-callers-old-key-1
        RESEND_API_KEY = re_old
        hub.inbox.retention-days = 30
        """
            .formatted(OLD));
    try (TestHub hub = hub(Store.H2).without("hub.api-keys").settingsFile(file).start();
        LogLines log = LogLines.of("hub")) {
      assertThat(shop(hub, OLD).statusCode()).isEqualTo(200);
      Files.writeString(
          file,
          """
          SHOP_SECRET = %s
          hub.api-keys = shop:short
          hub.inbox.retention-days = 1
          RESEND_API_KEY = {{env:NOT_SET_ANYWHERE}}
          """
              .formatted(NEW));

      HttpResponse<String> answer = hub.operate("/api/admin/secrets/reload", "");

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode told = Json.own(answer.body());
      assertThat(told.at("/taken").toString()).isEqualTo("[\"SHOP_SECRET\"]");
      assertThat(told.at("/kept/0/name").asText()).isEqualTo("RESEND_API_KEY");
      assertThat(told.at("/kept/1/name").asText()).isEqualTo("hub.api-keys");
      assertThat(told.at("/kept/1/reason").asText()).contains("5 bytes").doesNotContain("short");
      assertThat(told.at("/kept")).hasSize(2);
      assertThat(shop(hub, NEW).statusCode()).isEqualTo(200);
      assertThat(shop(hub, OLD).body()).contains("signature-mismatch");
      assertThat(asked(hub, "/api/openapi.json", "a-callers-old-key-1")).isEqualTo(200);
      assertThat(log.lines())
          .anyMatch(
              line ->
                  line.contains("secrets=reload operator=admin taken=[SHOP_SECRET]")
                      && line.contains("hub.api-keys"))
          .noneMatch(line -> line.contains(NEW));
    }
  }

  @Test
  void a_file_behind_a_property_of_the_same_setting_changes_nothing() {
    write("HUB_API_KEYS", "shop:a-callers-old-key-1");
    try (TestHub hub = hub(Store.H2).start();
        LogLines log = LogLines.of(SecretWatch.class.getName())) {
      write("HUB_API_KEYS", "shop:a-callers-new-key-1");

      told(hub, log, "outcome=kept name=HUB_API_KEYS", "hub.api-keys is set and goes before it");
      assertThat(asked(hub, "/api/openapi.json", TestHub.API_KEY)).isEqualTo(200);
      assertThat(asked(hub, "/api/openapi.json", "a-callers-new-key-1")).isEqualTo(401);
    }
  }

  @Test
  void only_an_operator_has_secrets_read_again() {
    try (TestHub hub = hub(Store.H2).start()) {
      assertThat(hub.post("/api/admin/secrets/reload", "").statusCode()).isEqualTo(401);
      assertThat(
              hub.post(
                      "/api/admin/secrets/reload", "", "Authorization", "Bearer " + TestHub.API_KEY)
                  .statusCode())
          .isEqualTo(403);
    }
  }
}
