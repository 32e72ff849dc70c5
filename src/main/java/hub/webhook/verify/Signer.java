package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Makes the headers that a scheme's sender would send with a body, to try out a source without its
 * sender. Thread-safe.
 *
 * @param options the source's parameters, which must have no faults
 * @param secret one of the source's secrets; ignored for scheme {@code none}
 */
public record Signer(SchemeOptions options, String secret) {
  /**
   * The event to send.
   *
   * @param id the event's id, for schemes with a header for it
   * @param type the event's type, for schemes with a header for it
   */
  @SuppressWarnings("ArrayRecordComponent") // messages are not compared
  public record Message(String id, String type, byte[] body) {}

  /**
   * The headers by name: the signature, the signed time and id, and the headers for the event's id
   * and type.
   */
  public Map<String, String> headers(Message message, Instant now) {
    Map<String, String> headers = new LinkedHashMap<>();
    EventFields fields = Schemes.fieldsOf(options);
    header(fields.eventId()).ifPresent(name -> headers.put(name, message.id()));
    header(fields.eventType()).ifPresent(name -> headers.put(name, message.type()));
    SchemeKind kind = SchemeKind.named(options.scheme()).orElseThrow();
    String time = Long.toString(now.getEpochSecond());
    switch (kind) {
      case STRIPE ->
          headers.put(
              "Stripe-Signature",
              "t=" + time + ",v1=" + hex(mac("sha256", utf8(secret), time + ".", message)));
      case GITHUB ->
          headers.put(
              "X-Hub-Signature-256", "sha256=" + hex(mac("sha256", utf8(secret), "", message)));
      case SLACK -> {
        headers.put("X-Slack-Request-Timestamp", time);
        headers.put(
            "X-Slack-Signature",
            "v0=" + hex(mac("sha256", utf8(secret), "v0:" + time + ":", message)));
      }
      case SHOPIFY ->
          headers.put("X-Shopify-Hmac-Sha256", base64(mac("sha256", utf8(secret), "", message)));
      case STANDARD_WEBHOOKS -> {
        headers.put("webhook-id", message.id());
        headers.put("webhook-timestamp", time);
        byte[] key = StandardSecret.decode(secret).orElseThrow();
        String content = message.id() + "." + time + ".";
        headers.put("webhook-signature", "v1," + base64(mac("sha256", key, content, message)));
      }
      case HMAC -> signHmac(headers, message, now);
      // A token in the query is part of the address, so there is no header for it.
      case TOKEN -> putProof(headers, secret);
      case BEARER -> headers.put(AuthorizationScheme.HEADER, "Bearer " + secret);
      case BASIC -> headers.put(AuthorizationScheme.HEADER, "Basic " + base64(utf8(secret)));
      case NONE -> {}
    }
    return headers;
  }

  private void putProof(Map<String, String> headers, String proof) {
    if (!options.signatureHeader().isEmpty()) {
      headers.put(options.signatureHeader(), options.signaturePrefix() + proof);
    }
  }

  private void signHmac(Map<String, String> headers, Message message, Instant now) {
    String time = SignedTime.Unit.named(options.timestampUnit()).write(now);
    if (!options.timestampHeader().isEmpty()) {
      headers.put(options.timestampHeader(), time);
    }
    Mac mac = HmacKey.of(secret, options.algorithm(), utf8(secret)).newMac();
    ParsedSignature parsedSignature =
        new ParsedSignature(
            Optional.of(message.id()), Optional.of(new SignedTime(time, now)), List.of());
    SignedContent.of(SignedContent.templateOf(options)).feed(mac, parsedSignature, message.body());
    byte[] signature = mac.doFinal();
    putProof(
        headers,
        SignatureEncoding.named(options.encoding()) == SignatureEncoding.HEX
            ? hex(signature)
            : base64(signature));
  }

  /** The header of the first expression that reads one. */
  private static Optional<String> header(List<String> expressions) {
    return expressions.stream().flatMap(one -> EventFields.headerOf(one).stream()).findFirst();
  }

  private byte[] mac(String algorithm, byte[] key, String before, Message message) {
    Mac mac = HmacKey.of(secret, algorithm, key).newMac();
    mac.update(utf8(before));
    return mac.doFinal(message.body());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
