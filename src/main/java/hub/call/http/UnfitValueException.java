package hub.call.http;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.PermanentFailure;
import java.util.Arrays;

/**
 * A value must not be put into a path, query or header. The caller gets a 400; a retry would not
 * help.
 */
public final class UnfitValueException extends ProblemException implements PermanentFailure {
  private static final long serialVersionUID = 1L;

  /** The last character that an HTTP header can carry. */
  private static final int LAST_OF_LATIN_1 = 0xff;

  /** What a decoder writes in place of bytes that are not UTF-8. */
  private static final char UNREADABLE = '\uFFFD';

  private UnfitValueException(String name, String fault) {
    super(Problem.of(400, "payload-invalid", "The value of '" + name + "' " + fault + "."));
  }

  @Override
  public boolean isPermanent() {
    return true;
  }

  /** For a value that is given several times. */
  static UnfitValueException several(String name) {
    return new UnfitValueException(name, "is given several times");
  }

  /** For a value that is no host with an optional port. */
  static UnfitValueException host(String name) {
    return new UnfitValueException(name, "is no name of a host");
  }

  /** For a value that does not make an address. */
  static UnfitValueException address(String name) {
    return new UnfitValueException(name, "makes no http or https address");
  }

  /** For a value that is not a whole number. */
  static UnfitValueException notNumeric(String name) {
    return new UnfitValueException(name, "is not a whole number");
  }

  /** For a value that is not given. */
  static UnfitValueException missing(String name) {
    return new UnfitValueException(
        name, "is missing: there is neither a variable nor a header of that name");
  }

  /**
   * Returns {@code value} when it has no line break.
   *
   * @param name the value's name, for the message
   * @throws UnfitValueException when it contains a line break or another control character, or was
   *     not UTF-8
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
   * Returns {@code value} when a header can carry it.
   *
   * @throws UnfitValueException when it is not a {@link #line}, or contains a character beyond
   *     Latin-1
   */
  public static String header(String name, String value) {
    if (line(name, value).chars().anyMatch(c -> c > LAST_OF_LATIN_1)) {
      throw new UnfitValueException(name, "has a character in it that no header can carry");
    }
    return value;
  }

  /**
   * Returns {@code value} when every server reads it as one segment of the intended path,
   * percent-encoded or not.
   *
   * @throws UnfitValueException when it is not a {@link #line}, is empty, or contains a segment
   *     {@code .} or {@code ..}
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
