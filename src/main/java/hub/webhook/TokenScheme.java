package hub.webhook;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Believes a request that shows one of the secrets itself in a header or a query parameter of the
 * sender's own, such as GitLab's {@code X-Gitlab-Token}. Hashes are compared, so that time tells
 * not even a secret's length. Thread-safe.
 */
final class TokenScheme implements SignatureScheme {
  private record Known(String id, byte[] hash) {}

  private final Shown shown;
  private final List<Known> tokens;

  TokenScheme(Shown shown, List<String> tokens) {
    this.shown = shown;
    this.tokens =
        tokens.stream().map(one -> new Known(Secrets.fingerprint(one), hash(one))).toList();
  }

  @Override
  public Verified verify(SignedRequest request) throws Rejected {
    byte[] hash = hash(shown.read(request));
    for (Known token : tokens) {
      if (MessageDigest.isEqual(token.hash(), hash)) {
        return new Verified(token.id(), Optional.empty(), Optional.empty());
      }
    }
    throw new Rejected(Reason.SIGNATURE_MISMATCH, shown.place() + " shows none of our secrets");
  }

  private static byte[] hash(String token) {
    return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
  }
}
