package hub.lint;

import static java.util.stream.Collectors.joining;

import hub.webhook.verify.EventFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in words what the expressions of a scheme's file mean. */
final class SchemeWords {
  private static final Pattern EQUALS = Pattern.compile("(.*?)\\s*==\\s*'([^']*)'");
  private static final Pattern LITERAL = Pattern.compile("([^']+)='([^']+)'");

  private static final Map<String, String> PLACES =
      Map.of(
          "header:", "header ",
          "query:", "query parameter ",
          "form:", "form field ",
          "field:", "in the same list ",
          "claim:", "the token's claim ");

  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "ed25519", "Ed25519",
          "ecdsa-p256-sha256", "ECDSA with P-256 and SHA-256",
          "rsa-sha256", "RSA with SHA-256",
          "rsa-sha1", "RSA with SHA-1");

  private SchemeWords() {}

  /** A place, such as <code>header `X-Signature`</code>. */
  static String place(String expression) {
    return PLACES.entrySet().stream()
        .filter(one -> expression.startsWith(one.getKey()))
        .map(one -> one.getValue() + Reference.code(expression.substring(one.getKey().length())))
        .findFirst()
        .orElse(Reference.code(expression));
  }

  /** Where a field of the event is, or what it is. */
  static String expression(String expression) {
    Matcher literal = LITERAL.matcher(expression);
    if (expression.startsWith("'")) {
      return "always " + Reference.code(expression.substring(1, expression.length() - 1));
    }
    if (literal.matches()) {
      return Reference.code(literal.group(2)) + " where there is " + place(literal.group(1));
    }
    return switch (expression) {
      case "hash" -> "the SHA-256 of event and signed time";
      case "random" -> "a new one each time";
      default ->
          EventFields.isTemplate(expression) ? Reference.code(expression) : place(expression);
    };
  }

  /**
   * Several expressions, of which the first with a value counts.
   *
   * @param none when there are none
   */
  static String firstOf(List<String> expressions, String none) {
    return expressions.isEmpty()
        ? none
        : expressions.stream().map(SchemeWords::expression).collect(joining(", else "));
  }

  /** A condition, such as <code>`$.type` is `ping`</code>. */
  static String condition(String expression) {
    Matcher equals = EQUALS.matcher(expression);
    return equals.matches()
        ? place(equals.group(1)) + " is " + Reference.code(equals.group(2))
        : place(expression) + " has a value";
  }

  /** The name of an algorithm as people write it. */
  static String algorithm(String name) {
    return ALGORITHMS.getOrDefault(name, name.toUpperCase(Locale.ROOT));
  }

  /** How a signed time is written. */
  static String unit(String name) {
    return switch (name) {
      case "millis" -> "milliseconds since 1970";
      case "iso8601" -> "ISO 8601";
      default -> "seconds since 1970";
    };
  }

  /** How the bytes of a signature or a key are written. */
  static String encoding(String name) {
    return switch (name) {
      case "base64", "base64url" -> name;
      default -> "hexadecimal";
    };
  }
}
