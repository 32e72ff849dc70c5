package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;

/**
 * The bytes a signature covers: a template over <code>{id}</code>, <code>{timestamp}</code> and
 * <code>{body}</code>. The body goes in as the bytes it is, never through a String. Thread-safe.
 */
final class SignedContent {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final List<String> NAMES = List.of("id", "timestamp", "body");

  private final List<Piece> pieces;

  private SignedContent(List<Piece> pieces) {
    this.pieces = List.copyOf(pieces);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException when it holds a placeholder of another name
   */
  static SignedContent of(String template) {
    List<Piece> pieces = new ArrayList<>();
    Matcher placeholder = PLACEHOLDER.matcher(template);
    int end = 0;
    while (placeholder.find()) {
      pieces.add(literal(template.substring(end, placeholder.start())));
      pieces.add(piece(placeholder.group(1)));
      end = placeholder.end();
    }
    pieces.add(literal(template.substring(end)));
    return new SignedContent(pieces);
  }

  /** What is wrong with the template of scheme {@code hmac}, and with what it needs. */
  static List<String> faultsOf(SchemeOptions options) {
    String template = templateOf(options);
    List<String> faults = new ArrayList<>();
    PLACEHOLDER
        .matcher(template)
        .results()
        .map(result -> result.group(1))
        .filter(name -> !NAMES.contains(name))
        .forEach(
            name ->
                faults.add(
                    "signedContent: {"
                        + name
                        + "} is unknown"
                        + SimilarName.suggestion(name, NAMES)
                        + "; use {id}, {timestamp} and {body}"));
    if (!template.contains("{body}")) {
      faults.add("signedContent: without {body} anybody could change the body; add {body}");
    }
    boolean timed = template.contains("{timestamp}");
    if (timed && options.timestampHeader().isEmpty()) {
      faults.add("timestampHeader: missing; signedContent has {timestamp}, so name its header");
    }
    if (!timed && !options.timestampHeader().isEmpty()) {
      faults.add(
          "signedContent: lacks {timestamp}, and a time that is not signed proves nothing;"
              + " add {timestamp}, or remove timestampHeader");
    }
    if (template.contains("{id}") && EventFields.headerOf(options.eventId()).isEmpty()) {
      faults.add("eventId: signedContent has {id}, so name its header with eventId: header:NAME");
    }
    return faults;
  }

  /** The template of scheme {@code hmac}: the body alone unless the route says otherwise. */
  static String templateOf(SchemeOptions options) {
    return options.signedContent().isEmpty() ? "{body}" : options.signedContent();
  }

  /** Feeds the content of one request, piece by piece, so that nothing is concatenated. */
  void feed(Mac mac, ParsedSignature parsedSignature, byte[] body) {
    for (Piece piece : pieces) {
      mac.update(piece.bytes(parsedSignature, body));
    }
  }

  @FunctionalInterface
  private interface Piece {
    byte[] bytes(ParsedSignature parsedSignature, byte[] body);
  }

  private static Piece literal(String text) {
    byte[] bytes = utf8(text);
    return (parsedSignature, body) -> bytes;
  }

  private static Piece piece(String name) {
    return switch (name) {
      case "id" -> (parsedSignature, body) -> utf8(parsedSignature.id().orElseThrow());
      case "timestamp" ->
          (parsedSignature, body) -> utf8(parsedSignature.time().orElseThrow().text());
      case "body" -> (parsedSignature, body) -> body;
      default -> throw new IllegalArgumentException("unknown placeholder {" + name + "}");
    };
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
