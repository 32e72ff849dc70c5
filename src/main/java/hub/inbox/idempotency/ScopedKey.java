package hub.inbox.idempotency;

import hub.util.Sha256;

/**
 * A key and its scope, shortened to the columns of the table.
 *
 * @param scope the route; empty for callers without a route
 * @param key not empty, because an empty key would be the same for every step
 */
record ScopedKey(String scope, String key) {
  /** Width of the columns. */
  private static final int MAX_TEXT = 255;

  ScopedKey {
    if (key.isEmpty()) {
      throw new IllegalArgumentException(
          "idempotentConsumer of " + scope + ": its expression gave an empty key");
    }
    scope = fit(scope);
    key = fit(key);
  }

  /** Replaces a text that is too long or not plain ASCII by its beginning and its hash. */
  static String fit(String text) {
    boolean plain = text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    if (plain && text.length() <= MAX_TEXT) {
      return text;
    }
    String hash = "~" + Sha256.hexOfCharacters(text);
    String readable = plain ? text.substring(0, MAX_TEXT - hash.length()) : "";
    return readable + hash;
  }
}
