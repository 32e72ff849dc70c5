package hub.webhook.verify;

import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * One of the source's secrets as an HMAC key. A {@code Mac} is not thread-safe, and making one for
 * each request is slow, so an initialised one is kept and cloned. Thread-safe.
 */
final class HmacKey {
  static final List<String> ALGORITHMS = List.of("sha256", "sha1", "sha512");

  private final String id;
  private final SecretKey key;
  private final Mac prototype;

  private HmacKey(String id, SecretKey key) {
    this.id = id;
    this.key = key;
    this.prototype = keyed(key);
  }

  /**
   * The key of one of the scheme's secrets.
   *
   * @param secret as configured, without faults
   */
  static HmacKey of(WebhookScheme scheme, String secret) {
    return new HmacKey(
        WebhookSecrets.fingerprint(secret),
        new SecretKeySpec(
            scheme.secret().key(secret).orElseThrow(),
            "Hmac" + scheme.signed().algorithm().toUpperCase(Locale.ROOT).replace("HS", "SHA")));
  }

  /** The secret's fingerprint. */
  String id() {
    return id;
  }

  /** A new MAC with this key. */
  Mac newMac() {
    try {
      return (Mac) prototype.clone();
    } catch (CloneNotSupportedException e) {
      return keyed(key); // a security provider need not support clones
    }
  }

  static Mac keyed(SecretKey key) {
    try {
      Mac mac = Mac.getInstance(key.getAlgorithm());
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime has no " + key.getAlgorithm(), e);
    }
  }
}
