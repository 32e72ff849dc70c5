package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a scheme's secrets are written.
 *
 * @param prefix text that may stand before a {@link Kind#BASE64} secret
 * @param minBytes least length of the key; 0: {@code hub.secrets.min-bytes}
 * @param maxBytes greatest length of the key; 0: any
 */
public record SecretForm(Kind kind, String prefix, int minBytes, int maxBytes) {
  static final SecretForm NONE = new SecretForm(Kind.NONE, "", 0, 0);
  static final SecretForm TEXT = new SecretForm(Kind.TEXT, "", 0, 0);
  static final SecretForm USER_AND_PASSWORD = new SecretForm(Kind.USER_AND_PASSWORD, "", 0, 0);

  /** The forms of secrets. */
  public enum Kind {
    /** The scheme needs no secret. */
    NONE,
    /** The key is the text's UTF-8. */
    TEXT,
    /** {@code user:password}; the length of the password counts. */
    USER_AND_PASSWORD,
    /** The key is what the text is the base64 of. */
    BASE64
  }

  /** The key that a secret stands for; empty when it cannot be decoded. */
  Optional<byte[]> key(String secret) {
    if (kind != Kind.BASE64) {
      return Optional.of(secret.getBytes(StandardCharsets.UTF_8));
    }
    return SignatureEncoding.BASE64.decode(
        secret.startsWith(prefix) ? secret.substring(prefix.length()) : secret);
  }
}
