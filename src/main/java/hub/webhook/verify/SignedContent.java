package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;

/**
 * The bytes that a signature covers, by a template of <code>{id}</code>, <code>{timestamp}</code>
 * and <code>{body}</code>. The body's bytes are used as they are, never through a String.
 * Thread-safe.
 */
final class SignedContent {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final List<String> NAMES = List.of("id", "timestamp", "body");

  private final List<Part> parts;

  private SignedContent(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  /**
   * Reads a template.
   *
   * @throws IllegalArgumentException when it contains an unknown placeholder
   */
  static SignedContent of(String template) {
    List<Part> parts = new ArrayList<>();
    Matcher placeholder = PLACEHOLDER.matcher(template);
    int end = 0;
    while (placeholder.find()) {
      parts.add(literal(template.substring(end, placeholder.start())));
      parts.add(part(placeholder.group(1)));
      end = placeholder.end();
    }
    parts.add(literal(template.substring(end)));
    return new SignedContent(parts);
  }

  /** The faults of a route's template, and of the parameters that it needs. */
  static List<String> faultsOf(SchemeOptions options, String template) {
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
      faults.add("signedContent: without {body} the body is not signed; add {body}");
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

  /** Feeds the content of one request to a MAC, part by part, so that nothing is concatenated. */
  void feed(Mac mac, ParsedSignature parsedSignature, byte[] body) {
    for (Part part : parts) {
      mac.update(part.bytes(parsedSignature, body));
    }
  }

  @FunctionalInterface
  private interface Part {
    byte[] bytes(ParsedSignature parsedSignature, byte[] body);
  }

  private static Part literal(String text) {
    byte[] bytes = utf8(text);
    return (parsedSignature, body) -> bytes;
  }

  private static Part part(String name) {
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
