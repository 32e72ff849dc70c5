package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * How a scheme's secrets are written.
 *
 * @param variable name of the property or variable that holds them where a route names none; may be
 *     empty
 * @param where where a person finds the secret at the sender; may be empty
 * @param prefix text that may stand before the secret and is no part of it
 * @param hashed whether the key is the SHA-1 of what the secret stands for
 * @param minBytes least length of the key; 0: {@code hub.secrets.min-bytes}
 * @param maxBytes greatest length of the key; 0: any
 */
public record SecretForm(
    Kind kind,
    String variable,
    String where,
    String prefix,
    boolean hashed,
    int minBytes,
    int maxBytes) {
  static final SecretForm NONE = of(Kind.NONE);

  /** The forms of secrets. */
  public enum Kind {
    /** The scheme needs no secret. */
    NONE,
    /** The key is the text's UTF-8. */
    TEXT,
    /** {@code user:password}; the length of the password counts. */
    USER_AND_PASSWORD,
    /** The key is what the text is the base64 of. */
    BASE64,
    /** The key is what the text is the hexadecimal of. */
    HEX
  }

  /** A form without bounds of its own. */
  static SecretForm of(Kind kind) {
    return new SecretForm(kind, "", "", "", false, 0, 0);
  }

  /** The key that a secret stands for; empty when it cannot be decoded. */
  Optional<byte[]> key(String secret) {
    String text = withoutPrefix(secret);
    Optional<byte[]> key =
        switch (kind) {
          case BASE64 -> SignatureEncoding.BASE64.decode(text);
          case HEX -> SignatureEncoding.HEX.decode(text);
          case TEXT, USER_AND_PASSWORD, NONE -> Optional.of(text.getBytes(StandardCharsets.UTF_8));
        };
    return hashed ? key.map(SecretForm::sha1) : key;
  }

  /** What counts of a secret as it is configured. */
  String withoutPrefix(String secret) {
    return secret.startsWith(prefix) ? secret.substring(prefix.length()) : secret;
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime has no SHA-1", e);
    }
  }
}
