package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.adyen.model.notification.NotificationRequestItem;
import com.adyen.notification.WebhookHandler;
import com.adyen.util.HMACValidator;
import com.razorpay.Utils;
import com.sendgrid.helpers.eventwebhook.EventWebhook;
import com.slack.api.app_backend.SlackSignature;
import com.squareup.square.utilities.WebhooksHelper;
import com.stripe.exception.SignatureVerificationException;
import com.stripe.net.Webhook;
import com.svix.exceptions.WebhookVerificationException;
import com.twilio.security.RequestValidator;
import hub.util.Form;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Security;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The senders' own libraries accept what {@code send} signs, and nothing that was changed since.
 */
class OfficialVerifiersTest {
  private static final String TEXT = "0f4e2d6c8b1a39570f4e2d6c8b1a3957";
  private static final String HEX = TEXT + TEXT;
  private static final String STANDARD =
      "whsec_" + Base64.getEncoder().encodeToString(TEXT.getBytes(UTF_8));

  /** Asks a sender's library. */
  @FunctionalInterface
  private interface Verifier {
    boolean accepts(OutgoingWebhook message, byte[] body) throws Exception;
  }

  /** How a sender's library verifies, and with which secret; none: with a pair of keys. */
  private record Official(String secret, Verifier verifier) {}

  private static final KeyPair PAIR = pair();

  private static final Map<String, Official> OFFICIAL =
      Map.of(
          "adyen", new Official(HEX, OfficialVerifiersTest::adyen),
          "clerk", new Official(STANDARD, OfficialVerifiersTest::svix),
          "openai", new Official(STANDARD, OfficialVerifiersTest::standard),
          "razorpay", new Official(TEXT, OfficialVerifiersTest::razorpay),
          "resend", new Official(STANDARD, OfficialVerifiersTest::svix),
          "sendgrid", new Official("", OfficialVerifiersTest::sendgrid),
          "slack", new Official(TEXT, OfficialVerifiersTest::slack),
          "square", new Official(TEXT, OfficialVerifiersTest::square),
          "standard-webhooks", new Official(STANDARD, OfficialVerifiersTest::standard),
          "twilio", new Official(TEXT, OfficialVerifiersTest::twilio));

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A date with other figures may be none: 31 hours. */
  private static final Pattern DATE_OR_TWO = Pattern.compile("\\d{4}-\\d\\d-\\d\\d[T ][\\d:.]+|2");

  /** SendGrid's library asks for it by name. At the end of the list it serves nobody else. */
  @BeforeAll
  static void addProvider() {
    Security.addProvider(new BouncyCastleProvider());
  }

  @AfterAll
  static void removeProvider() {
    Security.removeProvider(BouncyCastleProvider.PROVIDER_NAME);
  }

  private static boolean adyen(OutgoingWebhook message, byte[] body) throws Exception {
    List<NotificationRequestItem> items =
        new WebhookHandler().handleNotificationJson(new String(body, UTF_8)).getNotificationItems();
    return new HMACValidator().validateHMAC(items.get(0), HEX);
  }

  private static boolean razorpay(OutgoingWebhook message, byte[] body) throws Exception {
    return Utils.verifyWebhookSignature(
        new String(body, UTF_8), header(message, "X-Razorpay-Signature"), TEXT);
  }

  private static boolean sendgrid(OutgoingWebhook message, byte[] body) throws Exception {
    EventWebhook official = new EventWebhook();
    return official.VerifySignature(
        official.ConvertPublicKeyToECDSA(
            Base64.getEncoder().encodeToString(PAIR.getPublic().getEncoded())),
        body,
        header(message, "X-Twilio-Email-Event-Webhook-Signature"),
        header(message, "X-Twilio-Email-Event-Webhook-Timestamp"));
  }

  private static boolean slack(OutgoingWebhook message, byte[] body) {
    return new SlackSignature.Verifier(new SlackSignature.Generator(TEXT))
        .isValid(
            header(message, "X-Slack-Request-Timestamp"),
            new String(body, UTF_8),
            header(message, "X-Slack-Signature"));
  }

  private static boolean square(OutgoingWebhook message, byte[] body) {
    return WebhooksHelper.verifySignature(
        new String(body, UTF_8),
        header(message, "x-square-hmacsha256-signature"),
        TEXT,
        message.url());
  }

  private static boolean standard(OutgoingWebhook message, byte[] body) throws Exception {
    try {
      new com.standardwebhooks.Webhook(STANDARD).verify(new String(body, UTF_8), lists(message));
      return true;
    } catch (com.standardwebhooks.exceptions.WebhookVerificationException e) {
      return false;
    }
  }

  private static boolean svix(OutgoingWebhook message, byte[] body) throws Exception {
    try {
      new com.svix.Webhook(STANDARD).verify(new String(body, UTF_8), lists(message));
      return true;
    } catch (WebhookVerificationException e) {
      return false;
    }
  }

  private static boolean twilio(OutgoingWebhook message, byte[] body) throws Exception {
    RequestValidator official = new RequestValidator(TEXT);
    String signature = header(message, "X-Twilio-Signature");
    return Form.of(message.headers().get("Content-Type"), body).isPresent()
        ? official.validate(
            message.url(), Form.parse(new String(body, UTF_8)).firstValues(), signature)
        : official.validate(message.url(), new String(body, UTF_8), signature);
  }

  private static String header(OutgoingWebhook message, String name) {
    return message.headers().get(name);
  }

  private static Map<String, List<String>> lists(OutgoingWebhook message) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    message.headers().forEach((name, value) -> lists.put(name, List.of(value)));
    return lists;
  }

  static Stream<String> schemes() {
    return OFFICIAL.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void the_senders_library_accepts_each_sample_as_it_was_signed(String name) throws Exception {
    WebhookScheme scheme = SchemeVector.SCHEMES.named(name).orElseThrow();
    for (WebhookScheme.Sample sample : scheme.samples()) {
      OutgoingWebhook message = sample(scheme, sample);
      sign(scheme, message, sample.type());

      assertAccepted(name, message);
    }
  }

  @Test
  void twilios_library_accepts_json_by_the_hash_in_the_address() throws Exception {
    WebhookScheme scheme = SchemeVector.SCHEMES.named("twilio").orElseThrow();
    OutgoingWebhook message =
        new OutgoingWebhook(
            "https://hub.example/api/webhooks/twilio?a=1",
            "application/json",
            "{\"name\":\"Größe\"}".getBytes(UTF_8));
    sign(scheme, message, "event");

    assertThat(message.url()).contains("?a=1&bodySHA256=");
    assertAccepted("twilio", message);
  }

  /** Stripe's own takes the time of a clock, and tells why it refuses. */
  @Test
  void stripes_library_accepts_each_sample() throws Exception {
    WebhookScheme scheme = SchemeVector.SCHEMES.named("stripe").orElseThrow();
    for (WebhookScheme.Sample sample : scheme.samples()) {
      OutgoingWebhook message = sample(scheme, sample);
      sign(scheme, message, sample.type());
      String body = new String(message.body(), UTF_8);
      String signature = header(message, "Stripe-Signature");

      assertThat(Webhook.constructEvent(body, signature, TEXT).getType()).isEqualTo(sample.type());
      assertThatThrownBy(() -> Webhook.constructEvent(body + " ", signature, TEXT))
          .isInstanceOf(SignatureVerificationException.class);
    }
  }

  private static OutgoingWebhook sample(WebhookScheme scheme, WebhookScheme.Sample sample) {
    return new SampleEvent(scheme, sample, "0a1b2c3d", sample.type(), TEXT, Instant.now())
        .to("https://hub.example/api/webhooks/" + scheme.name() + "?shop=a%20b");
  }

  private static void sign(WebhookScheme scheme, OutgoingWebhook message, String type)
      throws WebhookRejectedException {
    String secret = scheme.name().equals("stripe") ? TEXT : OFFICIAL.get(scheme.name()).secret;
    new Signer(scheme, secret, Optional.of(PAIR.getPrivate()), SchemeTools.of(Clock.systemUTC()))
        .sign(message, "0a1b2c3d", type, Instant.now());
  }

  private static void assertAccepted(String name, OutgoingWebhook message) throws Exception {
    Verifier verifier = OFFICIAL.get(name).verifier;
    assertThat(verifier.accepts(message, message.body())).as(name).isTrue();
    assertThat(verifier.accepts(message, changed(message.body()))).as(name + " changed").isFalse();
  }

  /** With other figures, which are in what each of them signs; else with a space more. */
  private static byte[] changed(byte[] body) {
    String text = new String(body, UTF_8);
    String other =
        DATE_OR_TWO
            .matcher(text)
            .replaceAll(found -> found.group().equals("2") ? "3" : found.group())
            .replace("Größe", "Grösse");
    return (other.equals(text) ? text + " " : other).getBytes(UTF_8);
  }
}
