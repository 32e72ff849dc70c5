package hub.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.cli.Shell.Result;
import hub.config.Settings;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A hub with a source of every scheme believes what {@code send} signs. */
@Tag("long") // sends by each scheme
class SendCommandTest {
  private static final Schemes SCHEMES = new Schemes(SchemeFiles.shipped());

  /** Names of variables with their values. */
  private static final Map<String, String> VALUES = new TreeMap<>();

  /** Private keys in PEM by scheme. */
  private static final Map<String, String> PRIVATE_KEYS = new TreeMap<>();

  private static TestHub hub;

  @TempDir private Path empty;

  /** Schemes of senders whose key the hub is given. */
  static List<String> senders() {
    return SCHEMES.names().stream().filter(name -> !scheme(name).variable().isEmpty()).toList();
  }

  private static WebhookScheme scheme(String name) {
    return SCHEMES.named(name).orElseThrow();
  }

  @BeforeAll
  static void start() throws IOException {
    TestHub.Builder builder = TestHub.on(Store.H2).knowingItsAddress();
    for (String name : senders()) {
      VALUES.put(scheme(name).variable(), value(scheme(name)));
      SCHEMES.furtherVariables(name).forEach(one -> VALUES.put(one, "set-for-the-test"));
      builder.route(name + "-webhook", route(name));
    }
    VALUES.forEach(builder::with);
    hub = builder.start();
    for (Map.Entry<String, String> key : PRIVATE_KEYS.entrySet()) {
      Files.writeString(hub.folder().resolve(key.getKey() + ".pem"), key.getValue());
    }
  }

  private static String route(String scheme) {
    return """
        - route:
            id: %1$s-webhook
            description: Receives.
            from:
              uri: kamelet:webhook-source
              parameters:
                source: %1$s
                scheme: %1$s
              steps:
                - to:
                    uri: inbox:%1$s
        """
        .formatted(scheme);
  }

  private static String value(WebhookScheme scheme) {
    if (!scheme.keys().variable().isEmpty()) {
      return publicKey(scheme.name(), scheme.signed().algorithm());
    }
    byte[] key =
        (scheme.name() + "-32-bytes-of-a-secret-of-the-tests").substring(0, 32).getBytes(UTF_8);
    return switch (scheme.secret().kind()) {
      case BASE64 -> scheme.secret().prefix() + Base64.getEncoder().encodeToString(key);
      case HEX -> HexFormat.of().formatHex(key);
      case USER_AND_PASSWORD -> "user:" + new String(key, UTF_8);
      case TEXT, NONE -> scheme.secret().prefix() + new String(key, UTF_8);
    };
  }

  private static String publicKey(String scheme, String algorithm) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(
              algorithm.startsWith("ed") ? "Ed25519" : algorithm.startsWith("e") ? "EC" : "RSA");
      if (generator.getAlgorithm().equals("EC")) {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      }
      KeyPair pair = generator.generateKeyPair();
      PRIVATE_KEYS.put(scheme, pem(pair.getPrivate().getEncoded()));
      return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(byte[] encoded) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(encoded)
        + "\n-----END PRIVATE KEY-----\n";
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static Shell shell() {
    Shell shell = Shell.of(hub);
    VALUES.forEach(shell::with);
    return shell;
  }

  private static Result send(String source, String... more) {
    List<String> args = new ArrayList<>(List.of("send", source));
    args.addAll(List.of(more));
    if (PRIVATE_KEYS.containsKey(source)) {
      args.addAll(List.of("--private-key", source + ".pem"));
    }
    return shell().run(args.toArray(String[]::new));
  }

  private static void assertSent(Result result) {
    assertThat(result.code()).as(result.out() + result.err()).isZero();
  }

  private static JsonNode lastEvent(String source) {
    String found = shell().run("events", "--source", source, "--json", "--limit", "1").out();
    return Json.own(found.lines().findFirst().orElseThrow());
  }

  private static String lastPayload(String source) {
    return hub.json("/api/admin/events/" + lastEvent(source).get("id").asText())
        .get("payload")
        .asText();
  }

  @ParameterizedTest
  @MethodSource("senders")
  void each_sample_is_believed_and_stored_with_its_type(String name) {
    for (WebhookScheme.Sample sample : scheme(name).samples()) {
      Result result = send(name, sample.type());

      assertSent(result);
      assertThat(result.err()).isEmpty();
      assertThat(lastEvent(name).get("type").asText()).isEqualTo(sample.type());
    }
  }

  @Test
  void the_first_sample_takes_the_place_of_a_type_without_one() {
    for (String source : List.of("stripe", "github", "slack", "twilio", "sendgrid", "adyen")) {
      Result result = send(source, "order.made");

      assertSent(result);
      assertThat(result.err())
          .contains("no sample of order.made: this is " + scheme(source).samples().get(0).type());
      assertThat(lastEvent(source).get("type").asText()).as(source).isEqualTo("order.made");
    }
  }

  @Test
  void the_id_stands_where_the_source_reads_it_letter_by_letter() {
    for (String source : List.of("stripe", "github", "slack", "sendgrid", "twilio", "clerk")) {
      assertSent(send(source, "--id", "my-id"));

      assertThat(lastEvent(source).get("providerEventId").asText()).as(source).isEqualTo("my-id");
    }
  }

  @Test
  void the_body_is_changed_before_it_is_signed() {
    assertSent(
        send(
            "stripe",
            "invoice.paid",
            "--set",
            "data.object.amount_paid=500",
            "--set",
            "$.data.object.id=77",
            "--set",
            "data.object.lines=[{\"n\":1}]",
            "--set",
            "data.object.note=two words = one"));

    JsonNode object = Json.own(lastPayload("stripe")).get("data").get("object");
    assertThat(object.get("amount_paid").isNumber()).isTrue();
    assertThat(object.get("amount_paid").asInt()).isEqualTo(500);
    assertThat(object.get("id").isTextual()).isTrue();
    assertThat(object.get("id").asText()).isEqualTo("77");
    assertThat(object.get("lines").get(0).get("n").asInt()).isEqualTo(1);
    assertThat(object.get("note").asText()).isEqualTo("two words = one");

    assertSent(send("twilio", "--set", "Body=tea & cake", "--set", "form:To=+49"));
    assertThat(lastPayload("twilio")).contains("&Body=tea+%26+cake&", "&To=%2B49");
  }

  @Test
  void a_file_takes_the_place_of_the_samples_body_alone() throws IOException {
    String form = "AccountSid=AC1&MessageSid=SM1&MessageStatus=sent";
    Files.writeString(hub.folder().resolve("form.txt"), form);

    assertSent(send("twilio", "form.txt"));
    assertThat(lastPayload("twilio")).isEqualTo(form);
    assertThat(lastEvent("twilio").get("type").asText()).isEqualTo("sent");

    assertSent(shell().typing("{\"ref\":1}").run("send", "github", "push", "--file", "-"));
    assertThat(lastPayload("github")).isEqualTo("{\"ref\":1}");
    assertSent(
        shell().typing("{\"ref\":1}").run("send", "github", "-", "--set", "ref=2", "--id", "d2"));
    assertThat(lastPayload("github")).isEqualTo("{\"ref\":2}");
    assertThat(lastEvent("github").get("providerEventId").asText()).isEqualTo("d2");
  }

  @Test
  void a_whole_address_keeps_its_query_which_is_signed_too() {
    String address = hub.url("/api/webhooks/twilio").toString();

    assertSent(send("twilio", "--to", address + "?shop=1&shop=2"));
    Result elsewhere = send("twilio", "--to", address.replace("localhost", "127.0.0.1"));
    assertThat(elsewhere.out()).startsWith("HTTP 400").contains("signature-mismatch");
  }

  @Test
  void a_source_of_the_settings_is_known_by_its_schemes_name() {
    Shell shell = new Shell(empty).with("hub.sources", "square, typeform");
    VALUES.forEach(shell::with);

    assertSent(shell.run("send", "square", "--url", hub.url("").toString()));
    Result other = shell.run("send", "twilio");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err())
        .contains("receives 'twilio'; there is square, typeform", "--scheme twilio");
  }

  @Test
  void a_scheme_alone_is_enough_and_a_source_may_have_another_name() throws IOException {
    Files.createDirectories(empty.resolve("routes/schemes"));
    Files.writeString(
        empty.resolve("routes/schemes/acme.scheme.yaml"),
        """
        title: Acme
        verify: hmac
        algorithm: sha256
        signature: {in: "query:sig", encoding: base64url}
        signed: "{header:X-Shop}.{body}"
        secret: {variable: ACME_SECRET}
        event: {id: $.id, type: $.type}
        sample: {type: order.paid, headers: {X-Shop: pear}, body: '{"id":"{uuid}","type":"{type}"}'}
        """);
    Shell shell = new Shell(empty).with("ACME_SECRET", "the-secret-of-acme");
    try (Receiver receiver = new Receiver()) {
      assertSent(shell.run("send", "--scheme", "acme", "--to", receiver.url("/in?a=b")));
      byte[] mac = receiver.mac("the-secret-of-acme", "pear.");
      assertThat(receiver.uri())
          .isEqualTo("/in?a=b&sig=" + Base64.getUrlEncoder().withoutPadding().encodeToString(mac));
      assertThat(receiver.header("Content-Type")).isEqualTo("application/json");

      assertSent(
          shell.run(
              "send",
              "till",
              "--scheme",
              "acme",
              "--url",
              receiver.url(""),
              "--header",
              "X-Shop: fig"));
      assertThat(receiver.header("X-Shop")).isEqualTo("fig");
      assertThat(receiver.uri())
          .isEqualTo(
              "/api/webhooks/till?sig="
                  + Base64.getUrlEncoder()
                      .withoutPadding()
                      .encodeToString(receiver.mac("the-secret-of-acme", "fig.")));
    }
  }

  @Test
  void a_private_key_is_asked_for_where_only_the_sender_has_it() throws IOException {
    Result missing = shell().run("send", "discord");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err())
        .contains("openssl genpkey -algorithm ed25519", "DISCORD_PUBLIC_KEY", "--private-key");
    Result fetched = shell().run("send", "--scheme", "paypal");
    assertThat(fetched.code()).isEqualTo(2);
    assertThat(fetched.err()).contains("openssl genpkey -algorithm RSA", "expect a refusal");

    Result needless = shell().run("send", "stripe", "--private-key", "discord.pem");
    assertThat(needless.code()).isEqualTo(2);
    assertThat(needless.err()).contains("scheme stripe is signed with no private key");
    Result otherKind = shell().run("send", "discord", "--private-key", "sendgrid.pem");
    assertThat(otherKind.code()).isEqualTo(1);
    assertThat(otherKind.err()).contains("does not fit the scheme's algorithm ed25519");
    Result another = shell().run("send", "discord", "--private-key", "telnyx.pem");
    assertThat(another.out()).startsWith("HTTP 401").contains("signature-mismatch");

    Files.writeString(hub.folder().resolve("old.pem"), "-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n");
    Result old = shell().run("send", "discord", "--private-key", "old.pem");
    assertThat(old.err()).contains("openssl pkcs8 -topk8 -nodes").doesNotContain("MHcCAQ");
    Files.writeString(hub.folder().resolve("no.pem"), pem(new byte[] {1, 2}));
    Result none = shell().run("send", "discord", "--private-key", "no.pem");
    assertThat(none.err()).contains("holds no key of Ed25519, EC or RSA");
    assertThat(shell().run("send", "discord", "--private-key", "away.pem").err())
        .contains("away.pem cannot be read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          send stripe push --type pull                 | 'push' and --type: name one
          send stripe body.json --file other.json      | 'body.json' and --file: name one
          send stripe --to http://x --url http://y     | leave --url out
          send stripe --private-key k --secret-name S  | leave --secret-name out
          send stripe --set amount                     | write PATH=VALUE
          send stripe --set data[x]=1                  | no path of names and numbers
          send stripe --set id.a.b=1                   | nothing at $.id.a.b
          send stripe --to localhost:8080              | no http or https address
          send stripe away.json                        | away.json cannot be read
          send order.paid --scheme stripe              | 'order.paid' is no source
          send --scheme strip                          | did you mean 'stripe'?
          send --scheme hmac                           | signatureHeader: required for scheme hmac
          """)
  void wrong_usage_is_told_before_anything_is_sent(String line, String told) {
    Result result = shell().run(line.strip().split(" "));

    assertThat(result.code()).as(result.out()).isNotZero();
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains(told.strip());
  }

  @Test
  void variables_that_the_scheme_names_are_asked_for() {
    Result secret = shell().without("META_APP_SECRET").run("send", "meta");
    assertThat(secret.code()).isEqualTo(2);
    assertThat(secret.err())
        .startsWith(
            "META_APP_SECRET is not set: set it to the secret that the hub expects of meta");

    Result further = shell().without("META_VERIFY_TOKEN").run("send", "meta");
    assertThat(further.code()).isEqualTo(1);
    assertThat(further.err()).contains("META_VERIFY_TOKEN is not set");
  }

  @ParameterizedTest
  @ValueSource(strings = {"paypal", "aws-sns", "google-pubsub"})
  void a_sender_whose_keys_are_fetched_is_signed_for_too(String scheme) throws Exception {
    Files.writeString(
        empty.resolve("rsa.pem"),
        pem(KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate().getEncoded()));
    Shell shell = new Shell(empty);
    SCHEMES.furtherVariables(scheme).forEach(name -> shell.with(name, "set"));
    try (Receiver receiver = new Receiver()) {
      for (WebhookScheme.Sample sample : scheme(scheme).samples()) {
        assertSent(
            shell.run(
                "send",
                scheme,
                sample.type(),
                "--scheme",
                scheme,
                "--private-key",
                "rsa.pem",
                "--url",
                receiver.url("")));
        assertThat(receiver.header("Content-Type")).isEqualTo(sample.contentType());
      }
    }
  }

  @Test
  void a_hub_behind_a_proxy_believes_to_have_its_public_address() {
    Settings settings =
        new Settings(
            key -> Optional.of("https://hub.example/").filter(url -> key.equals("hub.public-url")));

    SendTarget near = SendTarget.of("shop", "http://localhost:8080", settings);
    assertThat(near.signed()).isEqualTo("https://hub.example/api/webhooks/shop");
    assertThat(near.called("https://hub.example/api/webhooks/shop?token=1"))
        .isEqualTo("http://localhost:8080/api/webhooks/shop?token=1");
    SendTarget far = SendTarget.of("shop", "https://staging.example", settings);
    assertThat(far.signed()).isEqualTo("https://staging.example/api/webhooks/shop");
  }
}
