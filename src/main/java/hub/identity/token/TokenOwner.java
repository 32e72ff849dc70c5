package hub.identity.token;

import hub.util.Unicode;

/**
 * The owner of tokens: a person at a provider.
 *
 * @param provider as in {@code routes/login/providers.yaml}
 * @param subject the provider's id of the person
 */
record TokenOwner(String provider, String subject) {
  private static final int MAX_PROVIDER_LENGTH = 64;
  private static final int MAX_SUBJECT_LENGTH = 255;

  /** No login provider's name has a colon. */
  private static final String APPLICATION = "application:";

  /** The hub itself, as the owner of a token. */
  static TokenOwner application(String kind, String key) {
    return new TokenOwner(APPLICATION + kind, key);
  }

  /** Whether the hub itself is the owner, and not a person. */
  boolean isApplication() {
    return provider.startsWith(APPLICATION);
  }

  /** Whether both texts fit into the database's columns. */
  boolean isStorable() {
    return isText(provider, MAX_PROVIDER_LENGTH) && isText(subject, MAX_SUBJECT_LENGTH);
  }

  /** Refuses unpaired surrogates too, which UTF-8 cannot encode. */
  private static boolean isText(String text, int most) {
    return !text.isEmpty()
        && text.length() <= most
        && text.indexOf('\0') < 0
        && Unicode.isWellFormed(text);
  }

  /**
   * For logs and problems. Control characters are replaced: ids come from outside and must not
   * start a line.
   */
  @Override
  public String toString() {
    return (provider + ":" + subject).replaceAll("\\p{Cntrl}", "?");
  }
}
