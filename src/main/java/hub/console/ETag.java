package hub.console;

import hub.util.Sha256;
import java.util.Base64;

/** Makes {@code ETag} values. */
final class ETag {
  private ETag() {}

  /** Half a SHA-256, quoted as HTTP wants it. */
  static String of(byte[] body) {
    String hash = Base64.getUrlEncoder().withoutPadding().encodeToString(Sha256.of(body));
    return '"' + hash.substring(0, 22) + '"';
  }
}
