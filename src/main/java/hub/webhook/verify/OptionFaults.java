package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds the faults of a source's parameters, each as {@code parameter: fault; remedy}. */
final class OptionFaults {
  /** Those that not every scheme takes, in the order of their faults. */
  private static final List<String> RESTRICTED =
      List.of(
          "signatureHeader",
          "signatureQuery",
          "signaturePrefix",
          "algorithm",
          "encoding",
          "timestampHeader",
          "timestampUnit",
          "signedContent");

  private static final Pattern PATH =
      Pattern.compile("\\$(\\.[\\w-]+|\\['[^']+']|\\[(\\d{1,9}|\\*)])*");

  private final Optional<WebhookScheme> scheme;
  private final SchemeCatalog catalog;
  private final SchemeOptions options;
  private final List<String> faults = new ArrayList<>();

  private OptionFaults(SchemeCatalog catalog, SchemeOptions options) {
    this.catalog = catalog;
    this.options = options;
    this.scheme = catalog.named(options.scheme());
  }

  static List<String> of(SchemeCatalog catalog, SchemeOptions options) {
    return new OptionFaults(catalog, options).find();
  }

  private List<String> find() {
    if (scheme.isEmpty()) {
      unknownScheme();
    }
    tolerance();
    each();
    unsafe();
    scheme.ifPresent(this::restricted);
    faults.addAll(EventFields.faultsOf(options, scheme));
    return List.copyOf(faults);
  }

  private void restricted(WebhookScheme known) {
    if (known.isPlacedByRoute()) {
      location(known.proof() == WebhookScheme.Proof.HMAC ? "signature" : "token");
    }
    if (known.options().contains("signedContent")) {
      signature(known);
    }
    Map<String, String> values = options.asMap();
    for (String parameter : RESTRICTED) {
      if (!known.options().contains(parameter) && !values.get(parameter).isEmpty()) {
        faults.add(
            parameter
                + ": scheme "
                + known.name()
                + " does not take it; remove it, or use scheme: hmac");
      }
    }
  }

  private void unknownScheme() {
    if (options.scheme().isEmpty()) {
      faults.add("scheme: missing; name the sender's, such as stripe, or hmac or token");
    } else {
      faults.add(
          "scheme: '"
              + options.scheme()
              + "' is unknown"
              + SimilarName.suggestion(options.scheme(), catalog.names())
              + "; the reference lists all, and one of your own is"
              + " routes/schemes/NAME.scheme.yaml");
    }
  }

  private void tolerance() {
    if (TimestampTolerance.parseSeconds(options.toleranceSeconds()).isEmpty()) {
      faults.add(
          "toleranceSeconds: '"
              + options.toleranceSeconds()
              + "' is not a whole number of seconds above 0; 0 would not switch the check off;"
              + " leave it out for "
              + TimestampTolerance.DEFAULT_SECONDS);
    }
  }

  private void each() {
    if (!options.each().isEmpty() && !PATH.matcher(options.each()).matches()) {
      faults.add(
          "each: '"
              + options.each()
              + "' is not a path of names, numbers and [*]; write one such as $.items[*]");
    }
  }

  private void unsafe() {
    boolean permitted = options.unsafe().equalsIgnoreCase("true");
    if (!permitted && !options.unsafe().isEmpty() && !options.unsafe().equalsIgnoreCase("false")) {
      faults.add("unsafe: '" + options.unsafe() + "' is neither true nor false; write one of them");
    } else if (!permitted
        && scheme.filter(one -> one.proof() == WebhookScheme.Proof.NONE).isPresent()) {
      faults.add(
          "unsafe: scheme none accepts every request; set unsafe: true if that is meant,"
              + " or choose a scheme that verifies");
    }
  }

  private void signature(WebhookScheme known) {
    headerName("timestampHeader", options.timestampHeader());
    choice("timestampUnit", options.timestampUnit(), SignedTime.Unit.NAMES);
    if (options.timestampHeader().isEmpty() && !options.timestampUnit().isEmpty()) {
      faults.add("timestampUnit: says how no time is written; add timestampHeader, or remove it");
    }
    choice("algorithm", options.algorithm(), HmacKey.ALGORITHMS);
    choice("encoding", options.encoding(), SignatureEncoding.NAMES);
    faults.addAll(SignedContentFaults.of(options, known.overriddenBy(options).signed().content()));
  }

  private void location(String what) {
    if (options.signatureHeader().isEmpty() && options.signatureQuery().isEmpty()) {
      faults.add(
          "signatureHeader: required for scheme "
              + options.scheme()
              + "; name the header with the "
              + what);
    } else if (!options.signatureHeader().isEmpty() && !options.signatureQuery().isEmpty()) {
      faults.add("signatureQuery: stands beside signatureHeader; remove one of them");
    }
    headerName("signatureHeader", options.signatureHeader());
    if (!options.signatureQuery().isEmpty()
        && !EventFields.isHeaderName(options.signatureQuery())) {
      faults.add("signatureQuery: is not the name of a query parameter; write one such as token");
    }
  }

  private void headerName(String parameter, String value) {
    if (!value.isEmpty() && !EventFields.isHeaderName(value)) {
      faults.add(
          parameter
              + ": '"
              + value
              + "' is not the name of a header; write one such as X-Signature");
    }
  }

  private void choice(String parameter, String value, List<String> choices) {
    if (!value.isEmpty() && !choices.contains(value)) {
      faults.add(
          parameter
              + ": '"
              + value
              + "' is unknown"
              + SimilarName.suggestion(value, choices)
              + "; choose one of "
              + String.join(", ", choices));
    }
  }
}
