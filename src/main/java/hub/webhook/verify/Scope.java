package hub.webhook.verify;

import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Template} is filled from.
 *
 * @param id the signed id
 * @param timestamp the signed time as it was sent
 * @param further values of an answer: {@code event.id} and {@code event.status}
 * @param key of <code>{hmac:…}</code> and <code>{secret}</code>
 */
public record Scope(
    SignedRequest request,
    Optional<String> id,
    Optional<String> timestamp,
    Map<String, String> further,
    Optional<Key> key) {

  /**
   * A secret.
   *
   * @param text as it is configured
   * @param bytes the key that it stands for
   */
  @SuppressWarnings("ArrayRecordComponent") // keys are not compared
  public record Key(String text, byte[] bytes) {}

  /** A request of which no signature has been read. */
  public static Scope of(SignedRequest request) {
    return new Scope(request, Optional.empty(), Optional.empty(), Map.of(), Optional.empty());
  }

  static Scope of(SignedRequest request, ParsedSignature signature) {
    return new Scope(
        request,
        signature.id(),
        signature.time().map(SignedTime::text),
        Map.of(),
        Optional.empty());
  }

  /** With the values of the event that was stored. */
  public Scope with(Map<String, String> values) {
    return new Scope(request, id, timestamp, values, key);
  }

  Scope with(Optional<Key> secret) {
    return new Scope(request, id, timestamp, further, secret);
  }
}
