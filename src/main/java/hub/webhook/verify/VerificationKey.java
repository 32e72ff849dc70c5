package hub.webhook.verify;

import java.security.PublicKey;
import java.util.HexFormat;

/**
 * A public key that confirms signatures.
 *
 * @param id short name for metrics and logs
 * @param kid the sender's name for it, which its tokens may give; empty: it has none
 */
public record VerificationKey(String id, PublicKey key, String kid) {
  public static VerificationKey of(PublicKey key, String kid) {
    return new VerificationKey(
        WebhookSecrets.fingerprint(HexFormat.of().formatHex(key.getEncoded())), key, kid);
  }

  /** A key without a name of the sender's. */
  public static VerificationKey of(PublicKey key) {
    return of(key, "");
  }

  /**
   * Whether a token with this name of its key may be signed with this one.
   *
   * @param named empty: any
   */
  boolean isNamed(String named) {
    return named.isEmpty() || kid.isEmpty() || kid.equals(named);
  }
}
