package hub.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a private key from a file: PEM of PKCS #8, RFC 7468. Messages never show its content. */
final class PrivateKeyFile {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");

  private static final List<String> FACTORIES = List.of("Ed25519", "EC", "RSA");

  private PrivateKeyFile() {}

  /**
   * @throws CommandFailedException when it cannot be read, or holds no such key
   */
  static PrivateKey read(Path file) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw CommandFailedException.wrongUsage(
          "--private-key: the file " + file + " cannot be read as text.");
    }
    Matcher pem = PEM.matcher(text);
    if (!pem.find()) {
      throw CommandFailedException.wrongUsage(
          "--private-key: "
              + file
              + " has no PEM block 'PRIVATE KEY'"
              + (text.contains("PRIVATE KEY-----")
                  ? "; write the key anew with: openssl pkcs8 -topk8 -nodes -in " + file
                  : "; make a pair with openssl genpkey, and name the private half")
              + ".");
    }
    for (String factory : FACTORIES) {
      try {
        return KeyFactory.getInstance(factory)
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1))));
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        // a key of another algorithm, or none
      }
    }
    throw CommandFailedException.wrongUsage(
        "--private-key: " + file + " holds no key of Ed25519, EC or RSA.");
  }
}
