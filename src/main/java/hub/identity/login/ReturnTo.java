package hub.identity.login;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a person goes after the login: a path of this hub's, never another host. */
final class ReturnTo {
  static final String PARAMETER = "returnTo";

  /** An ASCII character; the others can do no harm. */
  private static final Pattern ENCODED = Pattern.compile("%([0-7][0-9A-Fa-f])");

  /** Kept in the store for everybody who begins a login, so no longer than a link of a page is. */
  static final int MOST_CHARACTERS = 400;

  /** Whoever encodes more often than this hides something. */
  private static final int MOST_ENCODINGS = 5;

  private ReturnTo() {}

  /**
   * The path as a {@code Location} header has it.
   *
   * @param asked decoded once, as a query parameter is
   * @throws ProblemException 400 {@code payload-invalid} for anything that a browser, or whoever
   *     decodes once more on the way, might take for another host
   */
  static String check(String asked) {
    try {
      URI uri = new URI(asked);
      String location = uri.toASCIIString();
      if (uri.isAbsolute()
          || uri.getRawAuthority() != null
          || location.length() > MOST_CHARACTERS
          || !isLocal(asked)) {
        throw refusal();
      }
      return location;
    } catch (URISyntaxException e) {
      throw refusal();
    }
  }

  private static boolean isLocal(String asked) {
    String text = asked;
    for (int i = 0; i < MOST_ENCODINGS; i++) {
      String path = text.split("[?#]", 2)[0];
      if (!path.startsWith("/")
          || path.contains("//")
          || path.contains("\\")
          || text.chars().anyMatch(Character::isISOControl)) {
        return false;
      }
      String decoded = decoded(text);
      if (decoded.equals(text)) {
        return true;
      }
      text = decoded;
    }
    return false;
  }

  /** As the laxest reader would: what is not well encoded stays, the rest does not. */
  private static String decoded(String text) {
    return ENCODED
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(found.group(1), 16))));
  }

  private static ProblemException refusal() {
    return new ProblemException(
        Problem.of(
            400,
            "payload-invalid",
            PARAMETER
                + " must be a path of this hub of at most "
                + MOST_CHARACTERS
                + " characters, such as /orders?open=true."));
  }
}
