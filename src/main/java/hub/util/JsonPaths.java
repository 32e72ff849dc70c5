package hub.util;

import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads JSONPaths. The library takes {@code $.order[} for {@code $.order}, and {@code $.a]} for a
 * member of that name; here both are mistakes.
 */
public final class JsonPaths {
  private JsonPaths() {}

  /**
   * The path that a text is.
   *
   * @throws InvalidPathException for a text that is none, or whose brackets do not match
   * @throws IllegalArgumentException for an empty text
   */
  public static JsonPath compile(String text) {
    checkBrackets(text);
    return JsonPath.compile(text);
  }

  private static void checkBrackets(String text) {
    Deque<Character> ends = new ArrayDeque<>();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '[' -> ends.push(']');
        case '(' -> ends.push(')');
        case ']', ')' -> {
          if (ends.isEmpty() || ends.pop() != c) {
            throw new InvalidPathException("'" + c + "' at position " + i + " closes nothing");
          }
        }
        // Outside of brackets a quote is a part of a name.
        case '\'', '"' -> i = ends.isEmpty() ? i : end(text, i);
        case '/' -> i = text.substring(0, i).stripTrailing().endsWith("=~") ? end(text, i) : i;
        default -> {}
      }
    }
    if (!ends.isEmpty()) {
      throw new InvalidPathException("a bracket has no end");
    }
  }

  /** Where the text or regular expression ends that begins at {@code start}. */
  private static int end(String text, int start) {
    for (int i = start + 1; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == text.charAt(start)) {
        return i;
      }
    }
    throw new InvalidPathException(text.charAt(start) + " at position " + start + " has no end");
  }
}
