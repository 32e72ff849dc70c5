package hub.inbox.idempotency;

import hub.util.Sha256;

/**
 * A key within its scope, as the table holds them.
 *
 * @param scope the route; empty for callers that have none
 * @param key any text but an empty one, which would make everything the same
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

  /** Keeps the beginning of what is too long, or not storable as text, and adds its hash. */
  private static String fit(String text) {
    boolean plain = text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    if (plain && text.length() <= MAX_TEXT) {
      return text;
    }
    String hash = "~" + Sha256.hexOfCharacters(text);
    String readable = plain ? text.substring(0, MAX_TEXT - hash.length()) : "";
    return readable + hash;
  }
}
