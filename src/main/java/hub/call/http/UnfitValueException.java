package hub.call.http;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.PermanentFailure;
import java.util.Arrays;

/** A value that must not be put into a path, query or header: 400, and no reason to try again. */
public final class UnfitValueException extends ProblemException implements PermanentFailure {
  private static final long serialVersionUID = 1L;

  /** What a header of HTTP can carry at most. */
  private static final int LAST_OF_LATIN_1 = 0xff;

  /** What a decoder puts in the place of bytes that are no text. */
  private static final char UNREADABLE = '\uFFFD';

  private UnfitValueException(String name, String fault) {
    super(Problem.of(400, "payload-invalid", "The value of '" + name + "' " + fault + "."));
  }

  @Override
  public boolean isFinal() {
    return true;
  }

  /** For a value that stands there several times, of which none can be chosen. */
  static UnfitValueException several(String name) {
    return new UnfitValueException(name, "is given several times");
  }

  /** For a value that nobody gave. */
  static UnfitValueException missing(String name) {
    return new UnfitValueException(
        name, "is missing: there is neither a variable nor a header of that name");
  }

  /**
   * {@code value}, which stays in its line.
   *
   * @param name what the value is of, for the message
   * @throws UnfitValueException when it has a line break or another control character in it
   */
  public static String line(String name, String value) {
    if (value.chars().anyMatch(Character::isISOControl)) {
      throw new UnfitValueException(name, "has a line break or another control character in it");
    }
    if (value.indexOf(UNREADABLE) >= 0) {
      throw new UnfitValueException(name, "has bytes in it that are no UTF-8");
    }
    return value;
  }

  /**
   * {@code value}, which a header can carry.
   *
   * @throws UnfitValueException when it is no {@link #line}, or has a character beyond Latin-1
   */
  public static String header(String name, String value) {
    if (line(name, value).chars().anyMatch(c -> c > LAST_OF_LATIN_1)) {
      throw new UnfitValueException(name, "has a character in it that no header can carry");
    }
    return value;
  }

  /**
   * {@code value}, which servers read as the path that was meant, percent-encoded or not.
   *
   * @throws UnfitValueException when it is no {@link #line}, is empty, or has a segment {@code .}
   *     or {@code ..}
   */
  public static String segment(String name, String value) {
    boolean climbs =
        Arrays.stream(line(name, value).split("[/\\\\]", -1))
            .anyMatch(part -> part.equals(".") || part.equals(".."));
    if (climbs || value.isEmpty()) {
      throw new UnfitValueException(name, "makes an empty segment of the path, or '.' or '..'");
    }
    return value;
  }
}
