package hub.cli;

import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Proof;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Optional;

/** Makes the key pair of a sender for a test. */
final class NewKeyPair {
  private static final int RSA_BITS = 2048;
  private static final int P256_BITS = 256;

  private NewKeyPair() {}

  /** A pair for a scheme whose public key the hub is given; empty for any other. */
  static Optional<KeyPair> of(WebhookScheme scheme) {
    boolean isGiven =
        (scheme.proof() == Proof.PUBLIC_KEY || scheme.proof() == Proof.JWT)
            && !scheme.keys().variable().isEmpty();
    return isGiven ? Optional.of(make(scheme.signed().algorithm())) : Optional.empty();
  }

  private static KeyPair make(String algorithm) {
    try {
      if (algorithm.equals("ed25519")) {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      }
      boolean isCurve = algorithm.equals("ecdsa-p256-sha256") || algorithm.equals("es256");
      KeyPairGenerator generator = KeyPairGenerator.getInstance(isCurve ? "EC" : "RSA");
      generator.initialize(isCurve ? P256_BITS : RSA_BITS);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime has no " + algorithm, e);
    }
  }

  /** The public key as the hub reads it: base64 of X.509's form. */
  static String publicHalf(KeyPair pair) {
    return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
  }
}
