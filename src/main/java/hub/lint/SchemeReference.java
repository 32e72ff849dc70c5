package hub.lint;

import static java.util.stream.Collectors.joining;

import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.util.List;
import java.util.Locale;

/** Generates the reference page of the signature schemes. */
final class SchemeReference {
  private static final List<String> HEAD =
      List.of("scheme", "proof", "where it is", "signed time", "event id", "type", "ordering key");

  private SchemeReference() {}

  static String page() {
    return "# Signature schemes\n\n"
        + Reference.GENERATED
        + """
        The parameter `scheme` of [`webhook-source`](webhook-source.md) says how the sender proves itself. What a scheme
        does not fix, the route says with the parameter that stands in its place.

        """
        + Reference.table(HEAD, Schemes.all().stream().map(SchemeReference::row).toList())
        + "\n"
        + Schemes.all().stream().map(SchemeReference::description).collect(joining())
        + """

        Of several places the first with a value counts. `header:NAME` is a header, `form:NAME` a field of a form (with
        `='text'`: that text when the field is there), `$…` a JSONPath of the body, `hash` the SHA-256 of body and
        signed time, and what is in single quotes is a constant.
        """;
  }

  private static List<String> row(WebhookScheme scheme) {
    return List.of(
        Reference.code(scheme.name()),
        proof(scheme),
        scheme.proof() == WebhookScheme.Proof.NONE ? "" : places(scheme),
        time(scheme),
        anyOf(scheme.event().eventId(), "`eventId`"),
        anyOf(scheme.event().eventType(), "`eventType`"),
        anyOf(scheme.event().orderingKey(), "none"));
  }

  private static String proof(WebhookScheme scheme) {
    WebhookScheme.Format format = scheme.format();
    String after = format.prefix().isEmpty() ? "" : " after `" + format.prefix() + "`";
    return switch (scheme.proof()) {
      case HMAC ->
          "HMAC-"
              + scheme.signed().algorithm().toUpperCase(Locale.ROOT)
              + " of `"
              + scheme.signed().content()
              + "`, "
              + format.encoding()
              + after;
      case TOKEN, BEARER -> "the secret" + after;
      case BASIC -> "the secret, " + format.encoding() + after;
      case NONE -> "none";
    };
  }

  private static String places(WebhookScheme scheme) {
    String field = scheme.format().field();
    return scheme.places().stream()
        .map(places -> place(places.signature(), "`signatureHeader` or `signatureQuery`"))
        .collect(joining(" or ", field.isEmpty() ? "" : "every `" + field + "` of ", ""));
  }

  private static String time(WebhookScheme scheme) {
    String byRoute = scheme.options().contains("timestampHeader") ? "`timestampHeader`" : "none";
    return scheme.places().stream()
        .map(places -> place(places.timestamp(), byRoute))
        .collect(joining(" or "));
  }

  private static String place(String place, String none) {
    return place.isEmpty() ? none : Reference.code(place);
  }

  private static String anyOf(List<String> expressions, String none) {
    return expressions.isEmpty()
        ? none
        : expressions.stream().map(Reference::code).collect(joining(", else "));
  }

  private static String description(WebhookScheme scheme) {
    String variables =
        scheme.variables().keySet().stream().sorted().map(Reference::code).collect(joining(", "));
    return "- `"
        + scheme.name()
        + "`: "
        + scheme.description()
        + (variables.isEmpty() ? "" : " Further variables for handlers: " + variables + ".")
        + (scheme.docs().isEmpty() ? "" : " [Documentation](" + scheme.docs() + ").")
        + "\n";
  }
}
