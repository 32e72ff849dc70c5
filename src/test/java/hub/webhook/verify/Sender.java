package hub.webhook.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.slack.api.app_backend.SlackSignature;
import com.stripe.net.Webhook;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** All senders. Each signs as in production, with its own library where there is one. */
enum Sender {
  STRIPE(true),
  GITHUB(false),
  SLACK(true),
  SHOPIFY(false),
  STANDARD(true),
  SVIX(true),
  HMAC(true),
  BEARER(false),
  BASIC(false);

  static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  static final String ID = "msg_2Lml9cq1";

  /** Whether the sender signs the time too. */
  final boolean timed;

  Sender(boolean timed) {
    this.timed = timed;
  }

  /** The headers that the scheme requires. */
  List<String> headers() {
    return switch (this) {
      case STRIPE -> List.of("Stripe-Signature");
      case GITHUB -> List.of("X-Hub-Signature-256");
      case SLACK -> List.of("X-Slack-Signature", "X-Slack-Request-Timestamp");
      case SHOPIFY -> List.of("X-Shopify-Hmac-Sha256");
      case STANDARD -> List.of("webhook-id", "webhook-timestamp", "webhook-signature");
      case SVIX -> List.of("svix-id", "svix-timestamp", "svix-signature");
      case HMAC -> List.of("X-Shop-Signature", "X-Shop-Time", "X-Shop-Id");
      case BEARER, BASIC -> List.of("Authorization");
    };
  }

  SchemeOptions options() {
    return switch (this) {
      case STRIPE -> SchemeOptions.of("stripe");
      case GITHUB -> SchemeOptions.of("github");
      case SLACK -> SchemeOptions.of("slack");
      case SHOPIFY -> SchemeOptions.of("shopify");
      case STANDARD, SVIX -> SchemeOptions.of("standard-webhooks");
      case HMAC ->
          SchemeOptions.of("hmac")
              .with("signatureHeader", "X-Shop-Signature")
              .with("signaturePrefix", "sig=")
              .with("algorithm", "sha512")
              .with("encoding", "base64")
              .with("timestampHeader", "X-Shop-Time")
              .with("signedContent", "{id}|{timestamp}|{body}")
              .with("eventId", "header:X-Shop-Id");
      case BEARER -> SchemeOptions.of("bearer").with("eventId", "$.id");
      case BASIC -> SchemeOptions.of("basic").with("eventId", "$.id");
    };
  }

  SignatureVerifier verifier(String... secrets) {
    return Shipped.SCHEMES.of(options(), List.of(secrets), 1, CLOCK);
  }

  /** A secret in this sender's format; a different one for each number. */
  String secret(int number) {
    return switch (this) {
      case STANDARD, SVIX ->
          "whsec_" + base64(("a standard webhooks key " + number).getBytes(UTF_8));
      case BASIC -> "shop:pass:wörd-" + number;
      default -> "whsec_ge+hei&m-ключ-" + number;
    };
  }

  Sent send(String secret, Instant at, String body) {
    return send(secret, at, body.getBytes(UTF_8));
  }

  Sent send(String secret, Instant at, byte[] body) {
    String time = Long.toString(at.getEpochSecond());
    Sent sent = Sent.of(body, Map.of());
    return switch (this) {
      case STRIPE ->
          sent.with("Stripe-Signature", "t=" + time + ",v1=" + stripe(secret, time, body));
      case GITHUB -> sent.with("X-Hub-Signature-256", "sha256=" + hex(sha256(secret, body)));
      case SLACK ->
          sent.with("X-Slack-Request-Timestamp", time)
              .with("X-Slack-Signature", slack(secret, time, body));
      case SHOPIFY -> sent.with("X-Shopify-Hmac-Sha256", base64(sha256(secret, body)));
      case STANDARD -> standard(sent, "webhook", secret, at, body);
      case SVIX -> standard(sent, "svix", secret, at, body);
      case HMAC ->
          sent.with("X-Shop-Id", ID)
              .with("X-Shop-Time", time)
              .with(
                  "X-Shop-Signature",
                  "sig="
                      + base64(
                          mac("HmacSHA512", secret.getBytes(UTF_8), ID + "|" + time + "|", body)));
      case BEARER -> sent.with("Authorization", "Bearer " + secret);
      case BASIC -> sent.with("Authorization", "Basic " + base64(secret.getBytes(UTF_8)));
    };
  }

  /** Whether the body's bytes are text: the senders' libraries accept nothing else. */
  private static boolean isText(byte[] body) {
    return Arrays.equals(new String(body, UTF_8).getBytes(UTF_8), body);
  }

  private static String stripe(String secret, String time, byte[] body) {
    if (!isText(body)) {
      return hex(mac("HmacSHA256", secret.getBytes(UTF_8), time + ".", body));
    }
    try {
      return Webhook.Util.computeHmacSha256(secret, time + "." + new String(body, UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String slack(String secret, String time, byte[] body) {
    return isText(body) && body.length > 0
        ? new SlackSignature.Generator(secret).generate(time, new String(body, UTF_8))
        : "v0=" + hex(mac("HmacSHA256", secret.getBytes(UTF_8), "v0:" + time + ":", body));
  }

  private static Sent standard(Sent sent, String family, String secret, Instant at, byte[] body) {
    long time = at.getEpochSecond();
    return sent.with(family + "-id", ID)
        .with(family + "-timestamp", Long.toString(time))
        .with(family + "-signature", standard(secret, time, body));
  }

  static String standard(String secret, long time, byte[] body) {
    try {
      return isText(body)
          ? new com.standardwebhooks.Webhook(secret).sign(ID, time, new String(body, UTF_8))
          : "v1,"
              + base64(
                  mac(
                      "HmacSHA256",
                      Base64.getDecoder().decode(secret.substring("whsec_".length())),
                      ID + "." + time + ".",
                      body));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] sha256(String secret, byte[] body) {
    return mac("HmacSHA256", secret.getBytes(UTF_8), "", body);
  }

  static byte[] mac(String algorithm, byte[] key, String before, byte[] body) {
    try {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      content.writeBytes(before.getBytes(UTF_8));
      content.writeBytes(body);
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(content.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
