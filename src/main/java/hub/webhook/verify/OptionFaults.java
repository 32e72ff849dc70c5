package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the faults of a source's parameters, each as {@code parameter: fault; remedy}. */
final class OptionFaults {
  private static final List<String> NOT_FOR_FIXED_SCHEMES =
      List.of(
          "signatureHeader",
          "signatureQuery",
          "signaturePrefix",
          "algorithm",
          "encoding",
          "timestampHeader",
          "timestampUnit",
          "signedContent");

  private static final List<String> NOT_FOR_TOKEN =
      List.of("algorithm", "encoding", "timestampHeader", "timestampUnit", "signedContent");

  private final SchemeOptions options;
  private final List<String> faults = new ArrayList<>();

  private OptionFaults(SchemeOptions options) {
    this.options = options;
  }

  static List<String> of(SchemeOptions options) {
    return new OptionFaults(options).find();
  }

  private List<String> find() {
    Optional<SchemeKind> kind = SchemeKind.named(options.scheme());
    if (kind.isEmpty()) {
      unknownScheme();
    }
    tolerance();
    unsafe(kind);
    if (kind.isPresent() && kind.get() == SchemeKind.HMAC) {
      hmac();
    } else if (kind.isPresent() && kind.get() == SchemeKind.TOKEN) {
      location("token");
      rejectAll(kind.get(), NOT_FOR_TOKEN);
    } else if (kind.isPresent()) {
      rejectAll(kind.get(), NOT_FOR_FIXED_SCHEMES);
    }
    faults.addAll(EventFields.faultsOf(options, kind));
    return List.copyOf(faults);
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

  private void unsafe(Optional<SchemeKind> kind) {
    boolean permitted = options.unsafe().equalsIgnoreCase("true");
    if (!permitted && !options.unsafe().isEmpty() && !options.unsafe().equalsIgnoreCase("false")) {
      faults.add("unsafe: '" + options.unsafe() + "' is neither true nor false; write one of them");
    } else if (!permitted && kind.isPresent() && kind.get() == SchemeKind.NONE) {
      faults.add(
          "unsafe: scheme none accepts every request; set unsafe: true if that is meant,"
              + " or choose a scheme that verifies");
    }
  }

  private void rejectAll(SchemeKind kind, List<String> parameters) {
    Map<String, String> values = options.asMap();
    for (String parameter : parameters) {
      if (!values.get(parameter).isEmpty()) {
        faults.add(
            parameter
                + ": scheme "
                + kind.label()
                + " does not take it; remove it, or use scheme: hmac");
      }
    }
  }

  private void hmac() {
    location("signature");
    headerName("timestampHeader", options.timestampHeader());
    choice("timestampUnit", options.timestampUnit(), SignedTime.Unit.NAMES);
    if (options.timestampHeader().isEmpty() && !options.timestampUnit().isEmpty()) {
      faults.add("timestampUnit: says how no time is written; add timestampHeader, or remove it");
    }
    choice("algorithm", options.algorithm(), HmacKey.ALGORITHMS);
    choice("encoding", options.encoding(), SignatureEncoding.NAMES);
    faults.addAll(SignedContent.faultsOf(options));
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
