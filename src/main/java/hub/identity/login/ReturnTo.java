package hub.identity.login;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The redirect after a login: a path of this hub, never another host. */
final class ReturnTo {
  static final String PARAMETER = "returnTo";

  /** A percent-encoded ASCII character; others are harmless. */
  private static final Pattern ENCODED = Pattern.compile("%([0-7][0-9A-Fa-f])");

  /** Limited, because it is stored for every login that is begun. */
  static final int MAX_LENGTH = 400;

  /** A text that is encoded more often is refused. */
  private static final int MAX_ENCODINGS = 5;

  private ReturnTo() {}

  /**
   * The path for a {@code Location} header.
   *
   * @param asked decoded once, as a query parameter is
   * @throws ProblemException 400 {@code payload-invalid} for a text that a browser, or a proxy that
   *     decodes it again, might take for another host
   */
  static String check(String asked) {
    try {
      URI uri = new URI(asked);
      String location = uri.toASCIIString();
      if (uri.isAbsolute()
          || uri.getRawAuthority() != null
          || location.length() > MAX_LENGTH
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
    for (int i = 0; i < MAX_ENCODINGS; i++) {
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

  /** Decodes leniently: what is not well-formed is kept. */
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
                + MAX_LENGTH
                + " characters, such as /orders?open=true."));
  }
}
