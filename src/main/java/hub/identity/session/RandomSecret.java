package hub.identity.session;

import hub.util.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** Random texts that nobody can guess, and the hashes under which the store knows them. */
public final class RandomSecret {
  /** 256 bits. */
  private static final int BYTES = 32;

  /** What {@link #next} looks like. */
  private static final String SHAPE = "[A-Za-z0-9_-]{43}";

  private static final SecureRandom RANDOM = new SecureRandom();

  private RandomSecret() {}

  /** Of 256 random bits, in base64url. */
  public static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether {@code text} may have been made by {@link #next}. */
  public static boolean isOne(String text) {
    return text.matches(SHAPE);
  }

  /** SHA-256 in hexadecimal: such a secret has too many bits for a salt to matter. */
  public static String hash(String secret) {
    return Sha256.hex(secret.getBytes(StandardCharsets.UTF_8));
  }

  /** Takes the same time wherever the two differ. */
  public static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
