package hub.webhook.verify;

import java.util.Optional;

/** A Standard Webhooks secret: base64 after an optional {@code whsec_}. */
final class StandardSecret {
  private static final String PREFIX = "whsec_";

  /** Limits of the specification, in bytes of the key. */
  static final int MIN_BYTES = 24;

  static final int MAX_BYTES = 64;

  private StandardSecret() {}

  /** The key; empty when it cannot be decoded. */
  static Optional<byte[]> decode(String secret) {
    String base64 = secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : secret;
    return SignatureEncoding.BASE64.decode(base64);
  }
}
