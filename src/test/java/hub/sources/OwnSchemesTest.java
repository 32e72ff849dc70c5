package hub.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.HubClock;
import hub.webhook.HubSchemeTools;
import hub.webhook.OutgoingWebhook;
import hub.webhook.SampleEvent;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookScheme;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The schemes that the reference shows as examples, one of each family: as somebody's own files,
 * each with a source and a handler.
 */
class OwnSchemesTest {
  private static final Path EXAMPLES = Path.of("src/docs/examples/schemes");
  private static final Map<String, String> SECRETS =
      Map.of(
          "depot", "a-word-that-both-sides-know",
          "atelier", "0123456789abcdef".repeat(4),
          "acme", "the-signing-secret-of-acme",
          "beacon", "the-signing-secret-of-beacon");
  private static final String VERIFY_TOKEN = "the-verify-token-of-beacon";

  private static KeyPair observatory;
  private static KeyPair ferry;
  private static TestHub hub;

  @BeforeAll
  static void start() throws Exception {
    observatory = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    ferry = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    TestHub.Builder builder =
        TestHub.on(Store.H2)
            .knowingItsAddress()
            .with("DEPOT_TOKEN", SECRETS.get("depot"))
            .with("ATELIER_SECRET", SECRETS.get("atelier"))
            .with("ACME_WEBHOOK_SECRET", SECRETS.get("acme"))
            .with("BEACON_SECRET", SECRETS.get("beacon"))
            .with("BEACON_VERIFY_TOKEN", VERIFY_TOKEN)
            .with("OBSERVATORY_PUBLIC_KEY", text(observatory))
            .with("FERRY_PUBLIC_KEY", text(ferry))
            .with("FERRY_AUDIENCE", "https://hub.example");
    for (String name : List.of("depot", "atelier", "acme", "observatory", "ferry", "beacon")) {
      builder
          .route(name + "-webhook", source(name))
          .route(name + "-note", handler(name))
          .scheme(name, Files.readString(EXAMPLES.resolve(name + SchemeFiles.SUFFIX)));
    }
    hub = builder.start();
  }

  private static String text(KeyPair pair) {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }

  private static String source(String name) {
    return """
    - route:
        id: %1$s-webhook
        description: Receives.
        from: {uri: "kamelet:webhook-source?source=%1$s&scheme=%1$s", steps: [{to: {uri: "inbox:%1$s"}}]}
    """
        .formatted(name);
  }

  private static String handler(String name) {
    return """
    - route:
        id: %1$s-note
        description: Notes.
        from:
          uri: inbox:%1$s
          steps:
            - log:
                message: ${variable.type}
    """
        .formatted(name);
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static OutgoingWebhook signed(String name, String id, Instant now) throws Exception {
    WebhookScheme scheme = SchemeFiles.of(hub.folder().resolve("routes")).named(name).orElseThrow();
    WebhookScheme.Sample sample = scheme.samples().get(0);
    String secret = SECRETS.getOrDefault(name, "");
    OutgoingWebhook message =
        new SampleEvent(scheme, sample, id, sample.type(), secret, now)
            .to(hub.url("/api/webhooks/" + name).toString());
    HubSchemeTools tools =
        new HubSchemeTools(
            HubClock.of(hub.context()),
            hub.context().getRegistry().lookupByNameAndType(Settings.BEAN, Settings.class),
            hub.context().getRegistry().lookupByNameAndType(KeyCache.BEAN, KeyCache.class));
    new Signer(scheme, secret, privateKey(name), tools).sign(message, id, sample.type(), now);
    return message;
  }

  private static Optional<PrivateKey> privateKey(String name) {
    return switch (name) {
      case "observatory" -> Optional.of(observatory.getPrivate());
      case "ferry" -> Optional.of(ferry.getPrivate());
      default -> Optional.empty();
    };
  }

  private static HttpResponse<String> post(String name, OutgoingWebhook message, byte[] body) {
    List<String> headers = new ArrayList<>();
    message.headers().forEach((header, value) -> headers.addAll(List.of(header, value)));
    return hub.send("POST", "/api/webhooks/" + name, body, headers.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "depot,parcel.sent",
    "atelier,order.ready",
    "acme,order.paid",
    "observatory,star.seen",
    "ferry,ship.landed",
    "beacon,lamp.lit"
  })
  void a_sample_is_taken_by_its_source_and_handled(String name, String type) throws Exception {
    String id = UUID.randomUUID().toString();
    OutgoingWebhook message = signed(name, id, Instant.now());

    HttpResponse<String> answer = post(name, message, message.body());

    assertThat(answer.statusCode() / 100).as(answer.body()).isEqualTo(2);
    await().until(() -> event(name, id).path("status").asText().equals("done"));
    assertThat(event(name, id).get("type").asText()).isEqualTo(type);
  }

  private static JsonNode event(String source, String id) {
    return hub.json("/api/admin/events?source=" + source + "&q=" + id).at("/events/0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"atelier", "acme", "observatory", "ferry", "beacon"})
  void a_changed_byte_is_a_refusal(String name) throws Exception {
    OutgoingWebhook message = signed(name, "changed", Instant.now());
    byte[] body = message.body();
    body[body.length - 4] ^= 1;

    HttpResponse<String> answer = post(name, message, body);

    assertThat(answer.statusCode()).isEqualTo(name.equals("beacon") ? 401 : 400);
    assertThat(answer.body()).contains("urn:hub:problem:signature-mismatch");
  }

  @ParameterizedTest
  @CsvSource({"atelier,61", "acme,301", "observatory,301", "ferry,301"})
  void an_old_time_is_a_refusal(String name, int age) throws Exception {
    OutgoingWebhook message = signed(name, "old", Instant.now().minusSeconds(age));

    HttpResponse<String> answer = post(name, message, message.body());

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("urn:hub:problem:timestamp-too-old");
  }

  @Test
  void a_handshake_is_answered_to_who_knows_the_word() {
    String path = "/api/webhooks/beacon?beacon.challenge=abc&beacon.token=";

    assertThat(hub.send("GET", path + VERIFY_TOKEN, new byte[0]).body()).isEqualTo("abc");
    assertThat(hub.send("GET", path + "another", new byte[0]).body())
        .contains("urn:hub:problem:signature-mismatch");
    assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE provider_event_id = 'abc'"))
        .contains("0");
  }
}
