package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
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
    WebhookScheme scheme = Schemes.overriddenBy(options);
    Map<String, String> headers = new LinkedHashMap<>();
    header(scheme.event().eventId()).ifPresent(name -> headers.put(name, message.id()));
    header(scheme.event().eventType()).ifPresent(name -> headers.put(name, message.type()));
    WebhookScheme.Places places = scheme.places().get(0);
    WebhookScheme.Format format = scheme.format();
    switch (scheme.proof()) {
      case HMAC -> {
        SignedTime time = SignedTime.of(now, scheme.signed().timestampUnit());
        put(headers, places.timestamp(), time.text());
        put(headers, places.id(), message.id());
        String signature =
            SignatureEncoding.named(format.encoding()).encode(mac(scheme, message, time));
        put(headers, places.signature(), written(scheme, time, signature));
      }
      case TOKEN, BEARER -> put(headers, places.signature(), format.prefix() + secret);
      case BASIC ->
          put(
              headers,
              places.signature(),
              format.prefix()
                  + SignatureEncoding.BASE64.encode(secret.getBytes(StandardCharsets.UTF_8)));
      case NONE -> {}
    }
    return headers;
  }

  /** What is in the query is part of the address, so there is no header for it. */
  private static void put(Map<String, String> headers, String place, String value) {
    EventFields.headerOf(place).ifPresent(name -> headers.put(name, value));
  }

  private byte[] mac(WebhookScheme scheme, Message message, SignedTime time) {
    Mac mac = HmacKey.of(scheme, secret).newMac();
    SignedContent.of(scheme.signed().content())
        .feed(
            mac,
            new ParsedSignature(Optional.of(message.id()), Optional.of(time), List.of()),
            message.body());
    return mac.doFinal();
  }

  private static String written(WebhookScheme scheme, SignedTime time, String signature) {
    WebhookScheme.Format format = scheme.format();
    if (format.field().isEmpty()) {
      return format.prefix() + signature;
    }
    String timestamp = scheme.places().get(0).timestampField();
    return (timestamp.isEmpty()
            ? ""
            : timestamp + format.assign() + time.text() + format.separator())
        + format.field()
        + format.assign()
        + signature;
  }

  /** The header of the first expression that reads one. */
  private static Optional<String> header(List<String> expressions) {
    return expressions.stream().flatMap(one -> EventFields.headerOf(one).stream()).findFirst();
  }
}
