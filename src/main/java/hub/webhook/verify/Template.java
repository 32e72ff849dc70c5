package hub.webhook.verify;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A text with places to fill, such as <code>{timestamp}.{body}</code>. The body's bytes are used as
 * they are, never through a String. A brace that begins no placeholder is itself, so that JSON may
 * be written as it is. Thread-safe.
 */
public final class Template {
  /** What a placeholder is filled with. */
  @FunctionalInterface
  interface Part {
    /** Empty when the request has no such value. */
    Optional<byte[]> bytes(Scope scope) throws WebhookRejectedException;
  }

  /** A piece of the text: a literal, or a placeholder without its braces. */
  record Piece(boolean placeholder, String text) {}

  private record Filled(Part part, boolean literal, String name) {}

  private final List<Filled> parts;

  private Template(List<Filled> parts) {
    this.parts = parts;
  }

  /**
   * Reads a template.
   *
   * @param variables the values of <code>{{NAME}}</code> and <code>{secret:NAME}</code>
   * @throws IllegalArgumentException when it contains an unknown placeholder, or a variable is not
   *     set
   */
  public static Template of(String template, Function<String, Optional<String>> variables) {
    List<Filled> parts = new ArrayList<>();
    for (Piece piece : pieces(template)) {
      if (piece.placeholder) {
        parts.add(
            new Filled(
                Placeholders.part(piece.text, variables)
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                "unknown placeholder {" + piece.text + "}")),
                false,
                piece.text));
      } else {
        Optional<byte[]> bytes = Optional.of(piece.text.getBytes(StandardCharsets.UTF_8));
        parts.add(new Filled(scope -> bytes, true, piece.text));
      }
    }
    return new Template(List.copyOf(parts));
  }

  /** The placeholders of a template, without their braces. */
  static List<String> placeholders(String template) {
    return pieces(template).stream().filter(Piece::placeholder).map(Piece::text).toList();
  }

  /** Whether an expression is a template, and no place or constant. */
  static boolean isTemplate(String expression) {
    return !expression.startsWith("$") && !placeholders(expression).isEmpty();
  }

  static List<Piece> pieces(String template) {
    List<Piece> pieces = new ArrayList<>();
    int[] ends = ends(template);
    int literal = 0;
    int at = 0;
    while (at < template.length()) {
      int end = template.charAt(at) == '{' ? end(template, at, ends[at]) : -1;
      if (end < 0) {
        at++;
        continue;
      }
      if (at > literal) {
        pieces.add(new Piece(false, template.substring(literal, at)));
      }
      pieces.add(new Piece(true, template.substring(at + 1, end - 1)));
      at = end;
      literal = end;
    }
    if (literal < template.length()) {
      pieces.add(new Piece(false, template.substring(literal)));
    }
    return List.copyOf(pieces);
  }

  /** Behind the brace that closes each opening one; -1 when none does. Found in one pass. */
  private static int[] ends(String template) {
    int[] ends = new int[template.length()];
    Arrays.fill(ends, -1);
    ArrayDeque<Integer> open = new ArrayDeque<>();
    for (int i = 0; i < template.length(); i++) {
      if (template.charAt(i) == '{') {
        open.push(i);
      } else if (template.charAt(i) == '}' && !open.isEmpty()) {
        ends[open.pop()] = i + 1;
      }
    }
    return ends;
  }

  /**
   * Behind the placeholder that begins here; -1 when none does.
   *
   * @param closed behind its closing brace, or -1
   */
  private static int end(String template, int start, int closed) {
    if (closed < 0) {
      return -1;
    }
    char first = template.charAt(start + 1);
    if (first != '$' && first != '{' && !(first >= 'a' && first <= 'z')) {
      return -1;
    }
    if (first == '{') {
      int end = template.indexOf("}}", start);
      return end < 0 || !isName(template.substring(start + 2, end)) ? -1 : end + 2;
    }
    return closed;
  }

  /** Whether a text may be the name of a variable. */
  static boolean isName(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-');
  }

  /**
   * Gives the filled text to a MAC or a signature, part by part, so that nothing is concatenated.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} without a header or
   *     query parameter; a form field or a member of the body that is missing is empty
   */
  void feed(Scope scope, Consumer<byte[]> sink) throws WebhookRejectedException {
    for (Filled filled : parts) {
      Optional<byte[]> bytes = filled.part.bytes(scope);
      if (bytes.isPresent()) {
        sink.accept(bytes.get());
      } else if (filled.name.startsWith(Place.HEADER) || filled.name.startsWith(Place.QUERY)) {
        throw new WebhookRejectedException(
            RejectionReason.SIGNATURE_MISSING, Place.of(filled.name).title() + " is missing");
      }
    }
  }

  /** Whether the request has all of its values. */
  boolean isComplete(Scope scope) throws WebhookRejectedException {
    for (Filled filled : parts) {
      if (filled.part.bytes(scope).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /** The filled text; empty when one of its values is missing or blank. */
  public Optional<String> value(Scope scope) throws WebhookRejectedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Filled filled : parts) {
      Optional<byte[]> bytes = filled.part.bytes(scope);
      if (bytes.isEmpty() || (!filled.literal && bytes.get().length == 0)) {
        return Optional.empty();
      }
      all.writeBytes(bytes.get());
    }
    return Optional.of(all.toString(StandardCharsets.UTF_8));
  }

  /**
   * The filled text, where a missing value is empty.
   *
   * @param escape of values, not of the text around them
   */
  public String text(Scope scope, UnaryOperator<String> escape) throws WebhookRejectedException {
    StringBuilder all = new StringBuilder();
    for (Filled filled : parts) {
      String value =
          filled
              .part
              .bytes(scope)
              .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
              .orElse("");
      all.append(filled.literal ? value : escape.apply(value));
    }
    return all.toString();
  }
}
