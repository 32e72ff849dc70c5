package hub.inbox.db;

import hub.util.Sha256;

/**
 * A token of a request that is good once.
 *
 * @param source whose token it is; another source may have the same one
 * @param hash the token's SHA-256, 64 hexadecimal digits
 */
public record ReplayKey(String source, String hash) {
  /**
   * The key of a token.
   *
   * @param token as it stands in the request
   */
  public static ReplayKey of(String source, String token) {
    return new ReplayKey(source, Sha256.hexOfCharacters(token));
  }
}
