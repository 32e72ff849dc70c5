package hub.cli;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The name of a new route or source.
 *
 * @param text words of small letters and digits with single hyphens between them
 */
record NewName(String text) {
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  /** Longer ones would not fit into the database's columns with what is put behind them. */
  private static final int MAX_LENGTH = 60;

  /**
   * @param what the argument, for the message
   * @throws CommandFailedException when the text is no name, with one that would be
   */
  static NewName of(String what, String text) {
    if (!FORM.matcher(text).matches() || text.length() > MAX_LENGTH) {
      String near =
          text.toLowerCase(Locale.ROOT)
              .replaceAll("[^a-z0-9]+", "-")
              .replaceAll("^[-0-9]+|-+$", "");
      throw CommandFailedException.wrongUsage(
          what
              + ": '"
              + text.replaceAll("\\p{Cntrl}", "?")
              + "' is no name; use small letters, digits and single hyphens, begin with a letter, at"
              + " most "
              + MAX_LENGTH
              + (FORM.matcher(near).matches() && near.length() <= MAX_LENGTH
                  ? ", such as " + near
                  : "")
              + ".");
    }
    return new NewName(text);
  }

  /** The name as the beginning of a variable's name: {@code MY_SHOP} for {@code my-shop}. */
  String variable() {
    return text.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** The first word: the folder and the provider of a route. */
  String first() {
    int end = text.indexOf('-');
    return end < 0 ? text : text.substring(0, end);
  }

  /** What follows the first word; empty when there is one word only. */
  String rest() {
    int end = text.indexOf('-');
    return end < 0 ? "" : text.substring(end + 1);
  }
}
