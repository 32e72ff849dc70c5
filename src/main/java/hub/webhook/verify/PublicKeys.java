package hub.webhook.verify;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads public keys: PEM (also of a certificate), base64 or hexadecimal. */
public final class PublicKeys {
  private static final Pattern PEM = Pattern.compile("-----(BEGIN|END) [A-Z ]+-----");
  private static final Pattern HEX = Pattern.compile("([0-9a-fA-F]{2})+");
  private static final String CERTIFICATE = "BEGIN CERTIFICATE";

  /** What stands before the 32 bytes of a key of Ed25519, RFC 8410. */
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int ED25519_BYTES = 32;

  /** Other curves are as long as P-256. */
  private static final BigInteger P256_ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

  private static final int LEAST_RSA_BITS = 1024;

  /** RFC 7518, section 3.3. */
  private static final int LEAST_RS256_BITS = 2048;

  private static final List<String> FACTORIES = List.of("Ed25519", "EC", "RSA");

  private PublicKeys() {}

  /** Empty when the text is no public key. */
  public static Optional<PublicKey> parse(String text) {
    try {
      return text.contains(CERTIFICATE)
          ? certificate(text).map(X509Certificate::getPublicKey)
          : parse(decoded(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The first certificate of a PEM, which is the sender's own; empty when it cannot be read. */
  public static Optional<X509Certificate> certificate(String pem) {
    try {
      return CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(
                          pem.replace("\\n", "\n").getBytes(StandardCharsets.US_ASCII)))
              instanceof X509Certificate certificate
          ? Optional.of(certificate)
          : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private static byte[] decoded(String text) {
    // A variable often holds the line breaks of PEM as \n.
    String inner = PEM.matcher(text.replace("\\n", "\n")).replaceAll("").replaceAll("\\s", "");
    if (HEX.matcher(inner).matches()) {
      return HexFormat.of().parseHex(inner);
    }
    return Base64.getDecoder().decode(inner.replace('-', '+').replace('_', '/'));
  }

  private static Optional<PublicKey> parse(byte[] bytes) {
    byte[] encoded = bytes;
    if (bytes.length == ED25519_BYTES) {
      encoded = new byte[ED25519_PREFIX.length + bytes.length];
      System.arraycopy(ED25519_PREFIX, 0, encoded, 0, ED25519_PREFIX.length);
      System.arraycopy(bytes, 0, encoded, ED25519_PREFIX.length, bytes.length);
    }
    for (String factory : FACTORIES) {
      try {
        return Optional.of(
            KeyFactory.getInstance(factory).generatePublic(new X509EncodedKeySpec(encoded)));
      } catch (GeneralSecurityException e) {
        // a key of another algorithm
      }
    }
    return Optional.empty();
  }

  /** Whether a key is of the kind that an algorithm takes. */
  static boolean fits(PublicKey key, String algorithm) {
    return switch (algorithm) {
      case "ed25519" ->
          key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519");
      case "ecdsa-p256-sha256", "es256" ->
          key instanceof ECPublicKey ec && ec.getParams().getOrder().equals(P256_ORDER);
      case "rs256" -> isRsa(key, LEAST_RS256_BITS);
      default -> isRsa(key, LEAST_RSA_BITS);
    };
  }

  private static boolean isRsa(PublicKey key, int leastBits) {
    return key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= leastBits;
  }
}
