package hub.webhook.verify;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;

/**
 * A hash of the body that is signed in place of the body. Thread-safe.
 *
 * @param place where it is; empty: in the token's claim
 * @param claim name of the claim
 */
record BodyDigest(
    Optional<Place> place, String claim, String algorithm, SignatureEncoding encoding) {
  static final String CLAIM = "claim:";

  static Optional<BodyDigest> of(WebhookScheme.Digest digest) {
    if (digest.in().isEmpty()) {
      return Optional.empty();
    }
    boolean inClaim = digest.in().startsWith(CLAIM);
    return Optional.of(
        new BodyDigest(
            inClaim ? Optional.empty() : Optional.of(Place.of(digest.in())),
            inClaim ? digest.in().substring(CLAIM.length()) : "",
            "SHA-" + digest.algorithm().toLowerCase(Locale.ROOT).replace("sha", ""),
            SignatureEncoding.named(digest.encoding())));
  }

  /**
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} without it, {@link
   *     RejectionReason#SIGNATURE_MISMATCH} when it is another body's
   */
  void check(SignedRequest request) throws WebhookRejectedException {
    check(place.orElseThrow().required(request), request.body());
  }

  /**
   * @param written the hash as it was sent
   */
  void check(String written, byte[] body) throws WebhookRejectedException {
    byte[] expected = hash(body);
    if (encoding.decode(written).filter(sent -> MessageDigest.isEqual(expected, sent)).isEmpty()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISMATCH, "the body is not the one whose hash was signed");
    }
  }

  /** The hash as a sender writes it. */
  String written(byte[] body) {
    return encoding.encode(hash(body));
  }

  private byte[] hash(byte[] body) {
    try {
      return MessageDigest.getInstance(algorithm).digest(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime has no " + algorithm, e);
    }
  }
}
