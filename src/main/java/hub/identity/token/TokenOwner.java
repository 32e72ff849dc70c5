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
