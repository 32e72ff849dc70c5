package hub.identity.session;

import hub.util.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** Random secrets such as session ids, and the hashes under which the database stores them. */
public final class RandomSecret {
  /** 256 bits. */
  private static final int BYTES = 32;

  /** The form of a secret of {@link #next}. */
  private static final String SHAPE = "[A-Za-z0-9_-]{43}";

  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomSecret() {}

  /** A new secret of 256 random bits, in base64url. */
  public static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether {@code text} has the form of a secret of {@link #next}. */
  public static boolean isWellFormed(String text) {
    return text.matches(SHAPE);
  }

  /** SHA-256 in hexadecimal; no salt is needed for a secret of 256 random bits. */
  public static String hash(String secret) {
    return Sha256.hex(secret.getBytes(StandardCharsets.UTF_8));
  }

  /** Compares in constant time. */
  public static boolean equalsInConstantTime(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
