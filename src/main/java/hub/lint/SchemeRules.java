package hub.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which parameters of a webhook source go together; secrets aside. */
final class SchemeRules {
  private static final List<String> SCHEMES =
      List.of(
          "stripe",
          "github",
          "slack",
          "shopify",
          "standard-webhooks",
          "hmac",
          "bearer",
          "basic",
          "none");

  /** They have no event id of their own. */
  private static final Set<String> WITHOUT_EVENT_ID = Set.of("hmac", "bearer", "basic", "none");

  private static final List<String> HMAC_ONLY =
      List.of(
          "signatureHeader",
          "signaturePrefix",
          "algorithm",
          "encoding",
          "timestampHeader",
          "signedContent");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

  private final Map<String, String> values;
  private final List<String> faults = new ArrayList<>();

  private SchemeRules(Map<String, String> values) {
    this.values = values;
  }

  /** Every fault as {@code parameter: what; remedy}. */
  static List<String> faultsOf(Map<String, String> parameters) {
    SchemeRules rules = new SchemeRules(parameters);
    rules.check();
    return rules.faults;
  }

  private void check() {
    String scheme = value("scheme");
    if (scheme.isEmpty()) {
      faults.add("scheme: missing; choose one of " + String.join(", ", SCHEMES));
    } else if (!SCHEMES.contains(scheme)) {
      faults.add(
          "scheme: '"
              + scheme
              + "' is unknown; "
              + Suggest.nearest(scheme, SCHEMES)
                  .map(near -> "did you mean '" + near + "'?")
                  .orElse("choose one of " + String.join(", ", SCHEMES)));
    }
    if (!value("toleranceSeconds").isEmpty()
        && !value("toleranceSeconds").matches("0*[1-9]\\d{0,8}")) {
      faults.add(
          "toleranceSeconds: '"
              + value("toleranceSeconds")
              + "' is not a whole number of seconds above 0; leave it out for 300");
    }
    if (scheme.equals("none") && !value("unsafe").equals("true")) {
      faults.add(
          "unsafe: scheme none believes anybody;"
              + " set unsafe: true if that is meant, or choose a scheme that verifies");
    }
    if (scheme.equals("hmac")) {
      checkHmac();
    } else if (SCHEMES.contains(scheme)) {
      HMAC_ONLY.stream()
          .filter(parameter -> !value(parameter).isEmpty())
          .forEach(
              parameter ->
                  faults.add(
                      parameter
                          + ": scheme "
                          + scheme
                          + " does not take it; remove it, or use scheme: hmac"));
    }
    checkFields(scheme);
  }

  private void checkHmac() {
    if (value("signatureHeader").isEmpty()) {
      faults.add("signatureHeader: required for scheme hmac; name the header with the signature");
    }
    checkChoice("algorithm", List.of("sha256", "sha1", "sha512"));
    checkChoice("encoding", List.of("hex", "base64"));
    String content = value("signedContent").isEmpty() ? "{body}" : value("signedContent");
    Matcher placeholder = PLACEHOLDER.matcher(content);
    while (placeholder.find()) {
      if (!Set.of("id", "timestamp", "body").contains(placeholder.group(1))) {
        faults.add(
            "signedContent: unknown placeholder "
                + placeholder.group()
                + "; known: {body}, {id}, {timestamp}");
      }
    }
    if (!content.contains("{body}")) {
      faults.add("signedContent: the body is not signed; put {body} into it");
    }
    if (content.contains("{timestamp}") && value("timestampHeader").isEmpty()) {
      faults.add("timestampHeader: signedContent has {timestamp}; name the header that carries it");
    }
    if (!content.contains("{timestamp}") && !value("timestampHeader").isEmpty()) {
      faults.add(
          "signedContent: the time of timestampHeader is not signed; put {timestamp} into it");
    }
  }

  private void checkFields(String scheme) {
    if (value("eventId").isEmpty() && WITHOUT_EVENT_ID.contains(scheme)) {
      faults.add(
          "eventId: required for scheme "
              + scheme
              + "; write header:NAME or a JSONPath such as $.id");
    }
    for (String field : List.of("eventId", "eventType", "orderingKey")) {
      if (!value(field).isEmpty() && !value(field).matches("header:[A-Za-z0-9_-]+|\\$.*")) {
        faults.add(
            field
                + ": '"
                + value(field)
                + "' is neither header:NAME nor a JSONPath; write one such as $.id");
      }
    }
  }

  private void checkChoice(String parameter, List<String> choices) {
    String value = value(parameter);
    if (!value.isEmpty() && !choices.contains(value)) {
      faults.add(
          parameter + ": '" + value + "' is unknown; choose one of " + String.join(", ", choices));
    }
  }

  private String value(String parameter) {
    return values.getOrDefault(parameter, "").strip();
  }
}
