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
 * AES-256-GCM. Every ciphertext starts with its random nonce, and decrypts only for the owner and
 * the column that it was encrypted for. Thread-safe.
 */
final class TokenCipher {
  static final String ACCESS = "access_token";
  static final String REFRESH = "refresh_token";

  /** Not a column: the token of a revocation event. */
  static final String TO_REVOKE = "token_to_revoke";

  private static final String ALGORITHM = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  /**
   * Part of the additional data, so that ciphertexts that the same keys made for another purpose
   * are refused.
   */
  private static final String PURPOSE = "hub.tokens";

  private final EncryptionKeys keys;
  private final SecureRandom random = new SecureRandom();

  TokenCipher(EncryptionKeys keys) {
    this.keys = keys;
  }

  /** A cipher with changed keys, see {@link EncryptionKeys#followedBy}. */
  TokenCipher followedBy(String value, Settings settings, Map<String, Long> rows) {
    return new TokenCipher(keys.followedBy(value, settings, rows));
  }

  /** The id of the key that {@link #encrypt} uses. */
  String keyId() {
    return keys.newest();
  }

  byte[] encrypt(TokenOwner owner, String column, String token) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = token.getBytes(StandardCharsets.UTF_8);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, keys.key(keys.newest()), nonce, owner, column);
      ByteBuffer ciphertext = ByteBuffer.allocate(NONCE_BYTES + cipher.getOutputSize(plain.length));
      ciphertext.put(nonce).put(cipher.doFinal(plain));
      return ciphertext.array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  /**
   * @param keyId the id of the key that encrypted it
   * @throws hub.http.problem.ProblemException 503 {@code not-configured} when that key was removed
   * @throws UnreadableTokenException when it was encrypted for another owner or column, or was
   *     changed
   */
  String decrypt(TokenOwner owner, String column, String keyId, byte[] ciphertext) {
    SecretKey key = keys.key(keyId);
    if (ciphertext.length < NONCE_BYTES + TAG_BITS / 8) {
      throw new UnreadableTokenException(owner, column, keyId, null);
    }
    try {
      byte[] nonce = Arrays.copyOf(ciphertext, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, nonce, owner, column);
      byte[] plain = cipher.doFinal(ciphertext, NONCE_BYTES, ciphertext.length - NONCE_BYTES);
      return new String(plain, StandardCharsets.UTF_8);
    } catch (AEADBadTagException e) {
      throw new UnreadableTokenException(owner, column, keyId, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  private static Cipher cipher(
      int mode, SecretKey key, byte[] nonce, TokenOwner owner, String column)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(ALGORITHM);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(additionalData(owner, column));
    return cipher;
  }

  /** Every part is prefixed with its length, so that the encoding is unambiguous. */
  private static byte[] additionalData(TokenOwner owner, String column) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(PURPOSE);
      out.writeUTF(owner.provider());
      out.writeUTF(owner.subject());
      out.writeUTF(column);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
