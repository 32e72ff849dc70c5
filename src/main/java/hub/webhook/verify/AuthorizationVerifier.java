package hub.webhook.verify;

import hub.util.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;

/**
 * Accepts a request with one of the secrets in the header {@code Authorization}: {@code Bearer
 * <secret>}, or {@code Basic} with the base64 of {@code user:password}. Compares hashes, so that
 * the time taken does not reveal even a secret's length. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7617#section-2">RFC 7617</a>
 */
final class AuthorizationVerifier implements SignatureVerifier {
  private final String header;
  private final String type;
  private final Decoder decoder;
  private final List<HashedSecret> secrets;

  AuthorizationVerifier(WebhookScheme scheme, List<String> secrets) {
    this.header = Place.of(scheme.places().get(0).signature()).name();
    this.type = scheme.format().prefix().strip();
    this.decoder =
        scheme.proof() == WebhookScheme.Proof.BASIC
            ? text -> SignatureEncoding.BASE64.decode(text).stream().toList()
            : AuthorizationVerifier::headerBytes;
    this.secrets = secrets.stream().map(HashedSecret::new).toList();
  }

  /** Whether a scheme's secret travels in {@code Authorization} with a type before it. */
  static boolean takes(WebhookScheme scheme) {
    return scheme.proof() == WebhookScheme.Proof.BASIC
        || (scheme.proof() == WebhookScheme.Proof.TOKEN
            && scheme.places().get(0).signature().equalsIgnoreCase("header:Authorization")
            && scheme.format().prefix().endsWith(" "));
  }

  @Override
  public VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException {
    for (byte[] credentials : credentials(request.requiredHeader(header))) {
      byte[] hash = Sha256.of(credentials);
      for (HashedSecret secret : secrets) {
        if (MessageDigest.isEqual(secret.hash, hash)) {
          return new VerifiedRequest(secret.id, Optional.empty());
        }
      }
    }
    throw new WebhookRejectedException(
        RejectionReason.SIGNATURE_MISMATCH, "header " + header + " shows none of our secrets");
  }

  private List<byte[]> credentials(String credentials) throws WebhookRejectedException {
    String[] parts = credentials.split(" ", 2);
    if (parts.length == 2 && parts[0].equalsIgnoreCase(type)) {
      List<byte[]> readings = decoder.decode(parts[1].strip());
      if (!readings.isEmpty()) {
        return readings;
      }
    }
    throw new WebhookRejectedException(
        RejectionReason.SIGNATURE_MALFORMED,
        "header " + header + " is not " + type + " credentials");
  }

  /** The bytes that a header's text may stand for: most senders write Latin-1, some UTF-8. */
  private static List<byte[]> headerBytes(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    boolean latin1 = text.chars().allMatch(c -> c <= 0xFF);
    return latin1 ? List.of(utf8, text.getBytes(StandardCharsets.ISO_8859_1)) : List.of(utf8);
  }

  @FunctionalInterface
  private interface Decoder {

    /** The possible bytes of the credentials; empty when they cannot be decoded. */
    List<byte[]> decode(String text);
  }

  private static final class HashedSecret {
    private final String id;
    private final byte[] hash;

    HashedSecret(String secret) {
      id = WebhookSecrets.fingerprint(secret);
      hash = Sha256.of(secret.getBytes(StandardCharsets.UTF_8));
    }
  }
}
