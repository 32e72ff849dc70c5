package hub.testing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes JSON Web Tokens, genuine and forged ones. */
public final class Jwt {
  public static final String RS256 = "SHA256withRSA";
  public static final String ES256 = "SHA256withECDSAinP1363Format";

  private Jwt() {}

  /**
   * A token of any head and claims.
   *
   * @param signer gets the bytes to sign
   */
  public static String of(String head, String claims, UnaryOperator<byte[]> signer) {
    String signed = base64(head) + "." + base64(claims);
    byte[] signature = signer.apply(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + base64(signature);
  }

  /**
   * Signs with a private key.
   *
   * @param algorithm as the JDK calls it
   */
  public static UnaryOperator<byte[]> by(PrivateKey key, String algorithm) {
    return bytes -> {
      try {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(bytes);
        return signature.sign();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  public static UnaryOperator<byte[]> bySecret(byte[] secret) {
    return bytes -> {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        return mac.doFinal(bytes);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  /** A new key pair of {@code RSA}, {@code EC} or {@code Ed25519}; 0 bits: the usual length. */
  public static KeyPair keys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
