package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Finds the faults of a route's {@code signedContent}, and of the parameters that it needs. */
final class SignedContentFaults {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final List<String> NAMES = List.of("id", "timestamp", "body");

  private SignedContentFaults() {}

  static List<String> of(SchemeOptions options, String template) {
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
                        + "; use {id}, {timestamp} and {body}, or write a scheme file"));
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
}
