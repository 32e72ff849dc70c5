package hub.provider.files;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Unicode;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The key of a file in the bucket.
 *
 * @param text 1 to 1,024 bytes of UTF-8 without control characters, not beginning with a slash, no
 *     segment {@code .} or {@code ..}
 */
public record FileKey(String text) {
  private static final int MAX_BYTES = 1_024;
  private static final String FOLDER = "/api/files/";

  /**
   * @throws ProblemException 400 {@code payload-invalid} with the rule that the key breaks
   */
  public FileKey {
    if (text.isEmpty()) {
      throw invalid("it is empty");
    }
    if (text.startsWith("/")) {
      throw invalid("it begins with a slash");
    }
    if (text.chars().anyMatch(Character::isISOControl) || !Unicode.isWellFormed(text)) {
      throw invalid("it has a control character in it");
    }
    if (Arrays.stream(text.split("/", -1)).anyMatch(s -> s.equals(".") || s.equals(".."))) {
      throw invalid("it has a segment '.' or '..'");
    }
    if (text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      throw invalid("it is longer than " + MAX_BYTES + " bytes of UTF-8");
    }
  }

  /**
   * Reads the key from a request's raw path. It is decoded here, once, because the server's
   * normalisation (dots resolved, slashes joined) would change a key.
   *
   * @param uri path and query of the request, percent-encoded
   */
  static FileKey ofUri(String uri) {
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    if (!path.startsWith(FOLDER)) {
      throw invalid("the path is not written as " + FOLDER + "{key}");
    }
    return new FileKey(decode(path.substring(FOLDER.length())));
  }

  private static String decode(String encoded) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        bytes.write(octet(encoded, i));
        i += 2;
      } else if (c > ' ' && c < 0x7f && c != '#') {
        bytes.write(c);
      } else {
        throw invalid("a character in the path is not percent-encoded");
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw invalid("it is not UTF-8");
    }
  }

  private static int octet(String encoded, int percent) {
    int high = percent + 2 < encoded.length() ? digit(encoded.charAt(percent + 1)) : -1;
    int low = high < 0 ? -1 : digit(encoded.charAt(percent + 2));
    if (low < 0) {
      throw invalid("a % in the path is not followed by two hexadecimal digits; write %25");
    }
    return high * 16 + low;
  }

  private static int digit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  /** The key for a path: percent-encoded, with its slashes. */
  String encoded() {
    return encode(text).replace("%2F", "/");
  }

  /** The last segment of the key, percent-encoded. */
  String encodedName() {
    return encode(text.substring(text.lastIndexOf('/') + 1));
  }

  private static String encode(String plain) {
    return URLEncoder.encode(plain, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static ProblemException invalid(String fault) {
    return new ProblemException(
        Problem.of(400, "payload-invalid", "This cannot be a file's key: " + fault + "."));
  }
}
