package hub.webhook.verify;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The schemes by which the hub itself can sign a request: by a secret, into headers. */
public final class SigningSchemes {
  private static final String HEADER = "header:";

  private SigningSchemes() {}

  /**
   * Why a request cannot be signed by a scheme.
   *
   * @return the fault, a semicolon and the remedy; empty when it can
   */
  public static Optional<String> fault(Schemes schemes, String name) {
    Optional<WebhookScheme> scheme = schemes.named(name);
    if (scheme.isEmpty()) {
      return Optional.of("there is no scheme '" + name + "'; " + known(schemes));
    }
    return reason(scheme.get())
        .map(reason -> "scheme '" + name + "' cannot sign: " + reason + "; " + known(schemes));
  }

  private static Optional<String> reason(WebhookScheme scheme) {
    if (scheme.proof() == WebhookScheme.Proof.PUBLIC_KEY
        || (scheme.proof() == WebhookScheme.Proof.JWT
            && scheme.secret().kind() == SecretForm.Kind.NONE)) {
      return Optional.of("its sender has a private key");
    }
    if (scheme.proof() == WebhookScheme.Proof.NONE) {
      return Optional.of("its sender proves nothing");
    }
    if (scheme.places().isEmpty() || scheme.places().get(0).signature().isEmpty()) {
      return Optional.of("it does not say where the signature stands");
    }
    return written(scheme).allMatch(place -> place.isEmpty() || place.startsWith(HEADER))
        ? Optional.empty()
        : Optional.of("it signs outside of headers");
  }

  /** All that the signer writes. */
  private static Stream<String> written(WebhookScheme scheme) {
    WebhookScheme.Places places = scheme.places().get(0);
    return Stream.concat(
        Stream.of(
            places.signature(),
            places.timestampField().isEmpty() ? places.timestamp() : "",
            places.id()),
        scheme.signed().contents().stream().map(content -> content.digest().in()));
  }

  private static String known(Schemes schemes) {
    return schemes.names().stream()
        .filter(name -> schemes.named(name).flatMap(SigningSchemes::reason).isEmpty())
        .collect(Collectors.joining(", ", "write one of ", "; or none, which signs nothing"));
  }
}
