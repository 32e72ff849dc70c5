package hub.call.http;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads RSA private keys: PEM of PKCS #1, which GitHub gives, or of PKCS #8. */
final class RsaPrivateKey {
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (RSA )?PRIVATE KEY-----");

  /** DER of the version 0 and the algorithm rsaEncryption, which stand before a key of PKCS #8. */
  private static final byte[] ALGORITHM =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;

  private RsaPrivateKey() {}

  /**
   * The key; empty when the text holds none.
   *
   * @param text PEM; a line break may also be written {@code \n}, as in variables
   */
  static Optional<PrivateKey> read(String text) {
    Matcher pem = PEM.matcher(text.replace("\\n", "\n"));
    if (!pem.find()) {
      return Optional.empty();
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
      return Optional.of(
          KeyFactory.getInstance("RSA")
              .generatePrivate(new PKCS8EncodedKeySpec(pem.group(1) == null ? der : asPkcs8(der))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] asPkcs8(byte[] pkcs1) {
    return element(SEQUENCE, ALGORITHM, element(OCTET_STRING, pkcs1));
  }

  private static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream der = new ByteArrayOutputStream();
    der.write(tag);
    if (length < 0x80) {
      der.write(length);
    } else {
      byte[] bytes = java.math.BigInteger.valueOf(length).toByteArray();
      int from = bytes[0] == 0 ? 1 : 0;
      der.write(0x80 | (bytes.length - from));
      der.write(bytes, from, bytes.length - from);
    }
    for (byte[] part : parts) {
      der.writeBytes(part);
    }
    return der.toByteArray();
  }
}
