package hub.identity.token;

import hub.util.Unicode;

/**
 * Whose tokens.
 *
 * @param provider as in {@code routes/login/providers.yaml}
 * @param subject the provider's id of the person
 */
record TokenOwner(String provider, String subject) {
  private static final int PROVIDER_CHARACTERS = 64;
  private static final int SUBJECT_CHARACTERS = 255;

  /** Whether there can be tokens of this person; the database would choke on anything else. */
  boolean isPossible() {
    return isText(provider, PROVIDER_CHARACTERS) && isText(subject, SUBJECT_CHARACTERS);
  }

  /** Whether a column of text can hold it. */
  private static boolean isText(String text, int most) {
    return !text.isEmpty()
        && text.length() <= most
        && text.indexOf('\0') < 0
        && Unicode.isWellFormed(text);
  }

  /** For logs and problems; ids come from outside, so they get no line of their own. */
  @Override
  public String toString() {
    return (provider + ":" + subject).replaceAll("\\p{Cntrl}", "?");
  }
}
