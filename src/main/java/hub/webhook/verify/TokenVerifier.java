package hub.webhook.verify;

import hub.util.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Accepts a request with one of the secrets in a place of the sender's choice, such as GitLab's
 * {@code X-Gitlab-Token}. Compares hashes, so that the time taken does not reveal even a secret's
 * length. Thread-safe.
 */
final class TokenVerifier implements SignatureVerifier {
  private record HashedToken(String id, byte[] hash) {}

  private final Place place;
  private final String prefix;
  private final List<HashedToken> tokens;

  TokenVerifier(WebhookScheme scheme, List<String> tokens) {
    this.place = Place.of(scheme.places().get(0).signature());
    this.prefix = scheme.format().prefix();
    this.tokens =
        tokens.stream()
            .map(one -> new HashedToken(WebhookSecrets.fingerprint(one), hash(one)))
            .toList();
  }

  @Override
  public VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException {
    String text = place.required(request);
    if (!text.startsWith(prefix)) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED, place.title() + " does not begin with " + prefix);
    }
    byte[] hash = hash(text.substring(prefix.length()));
    for (HashedToken token : tokens) {
      if (MessageDigest.isEqual(token.hash(), hash)) {
        return new VerifiedRequest(token.id(), Optional.empty());
      }
    }
    throw new WebhookRejectedException(
        RejectionReason.SIGNATURE_MISMATCH, place.title() + " shows none of our secrets");
  }

  private static byte[] hash(String token) {
    return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
  }
}
