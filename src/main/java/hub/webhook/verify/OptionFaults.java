package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the faults of a source's parameters, each as {@code parameter: fault; remedy}. */
final class OptionFaults {
  /** Those that not every scheme takes, in the order of their faults. */
  private static final List<String> RESTRICTED = GenericSchemes.HMAC.options();

  private final SchemeOptions options;
  private final List<String> faults = new ArrayList<>();

  private OptionFaults(SchemeOptions options) {
    this.options = options;
  }

  static List<String> of(SchemeOptions options) {
    return new OptionFaults(options).find();
  }

  private List<String> find() {
    Optional<WebhookScheme> scheme = Schemes.named(options.scheme());
    if (scheme.isEmpty()) {
      unknownScheme();
    }
    tolerance();
    unsafe(scheme);
    scheme.ifPresent(this::restricted);
    faults.addAll(EventFields.faultsOf(options, scheme));
    return List.copyOf(faults);
  }

  private void restricted(WebhookScheme scheme) {
    if (scheme.isPlacedByRoute()) {
      location(scheme.proof() == WebhookScheme.Proof.HMAC ? "signature" : "token");
    }
    if (scheme.options().contains("signedContent")) {
      signature(scheme);
    }
    Map<String, String> values = options.asMap();
    for (String parameter : RESTRICTED) {
      if (!scheme.options().contains(parameter) && !values.get(parameter).isEmpty()) {
        faults.add(
            parameter
                + ": scheme "
                + scheme.name()
                + " does not take it; remove it, or use scheme: hmac");
      }
    }
  }

  private void unknownScheme() {
    String choices = "; choose one of " + String.join(", ", Schemes.names());
    if (options.scheme().isEmpty()) {
      faults.add("scheme: missing" + choices);
    } else {
      faults.add(
          "scheme: '"
              + options.scheme()
              + "' is unknown"
              + SimilarName.suggestion(options.scheme(), Schemes.names())
              + choices);
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

  private void unsafe(Optional<WebhookScheme> scheme) {
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

  private void signature(WebhookScheme scheme) {
    headerName("timestampHeader", options.timestampHeader());
    choice("timestampUnit", options.timestampUnit(), SignedTime.Unit.NAMES);
    if (options.timestampHeader().isEmpty() && !options.timestampUnit().isEmpty()) {
      faults.add("timestampUnit: says how no time is written; add timestampHeader, or remove it");
    }
    choice("algorithm", options.algorithm(), HmacKey.ALGORITHMS);
    choice("encoding", options.encoding(), SignatureEncoding.NAMES);
    faults.addAll(SignedContent.faultsOf(options, scheme.overriddenBy(options).signed().content()));
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
