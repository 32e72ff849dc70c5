package hub.identity.token;

import hub.config.Settings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM with a random nonce for each ciphertext, which it stands before. A ciphertext opens
 * only for the person and the column that it was sealed for. Thread-safe.
 */
final class TokenCipher {
  static final String ACCESS = "access_token";
  static final String REFRESH = "refresh_token";

  /** In an event, not in a row. */
  static final String TO_REVOKE = "token_to_revoke";

  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  /** So that a ciphertext of these keys made for another purpose is none here. */
  private static final String PURPOSE = "hub.tokens";

  private final EncryptionKeys keys;
  private final SecureRandom random = new SecureRandom();

  TokenCipher(EncryptionKeys keys) {
    this.keys = keys;
  }

  /** The one of the keys that follow, see {@link EncryptionKeys#followedBy}. */
  TokenCipher followedBy(String value, Settings settings, Map<String, Long> rows) {
    return new TokenCipher(keys.followedBy(value, settings, rows));
  }

  /** Id of the key that {@link #seal} uses. */
  String keyId() {
    return keys.newest();
  }

  byte[] seal(TokenOwner tokenOwner, String column, String token) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = token.getBytes(StandardCharsets.UTF_8);
    try {
      Cipher cipher =
          cipher(Cipher.ENCRYPT_MODE, keys.key(keys.newest()), nonce, tokenOwner, column);
      ByteBuffer ciphertext = ByteBuffer.allocate(NONCE_BYTES + cipher.getOutputSize(plain.length));
      ciphertext.put(nonce).put(cipher.doFinal(plain));
      return ciphertext.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  /**
   * @param keyId of the key that sealed it
   * @throws hub.http.problem.ProblemException 503 {@code not-configured} when that key was removed
   * @throws UnreadableTokenException when it was sealed for another place, or changed
   */
  String open(TokenOwner tokenOwner, String column, String keyId, byte[] ciphertext) {
    SecretKey key = keys.key(keyId);
    if (ciphertext.length < NONCE_BYTES + TAG_BITS / 8) {
      throw new UnreadableTokenException(tokenOwner, column, keyId, null);
    }
    try {
      byte[] nonce = Arrays.copyOf(ciphertext, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, tokenOwner, column);
      byte[] plain = cipher.doFinal(ciphertext, NONCE_BYTES, ciphertext.length - NONCE_BYTES);
      return new String(plain, StandardCharsets.UTF_8);
    } catch (AEADBadTagException e) {
      throw new UnreadableTokenException(tokenOwner, column, keyId, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  private static Cipher cipher(
      int mode, SecretKey key, byte[] nonce, TokenOwner tokenOwner, String column)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place(tokenOwner, column));
    return cipher;
  }

  /** Each part with its length before it, so that no two places are written alike. */
  private static byte[] place(TokenOwner tokenOwner, String column) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(PURPOSE);
      out.writeUTF(tokenOwner.provider());
      out.writeUTF(tokenOwner.subject());
      out.writeUTF(column);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
