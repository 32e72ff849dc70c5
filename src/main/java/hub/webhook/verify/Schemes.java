package hub.webhook.verify;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All signature schemes by name, and the verifiers and fields that routes make of them. */
public final class Schemes {
  private static final List<WebhookScheme> ALL =
      List.of(
          StripeScheme.SCHEME,
          GithubScheme.SCHEME,
          SlackScheme.SCHEME,
          ShopifyScheme.SCHEME,
          StandardWebhooksScheme.SCHEME,
          GenericSchemes.HMAC,
          GenericSchemes.TOKEN,
          GenericSchemes.BEARER,
          GenericSchemes.BASIC,
          GenericSchemes.NONE);

  private Schemes() {}

  /** In the order of the reference. */
  public static List<WebhookScheme> all() {
    return ALL;
  }

  /** All names, in the order of the reference. */
  public static List<String> names() {
    return ALL.stream().map(WebhookScheme::name).toList();
  }

  public static Optional<WebhookScheme> named(String name) {
    return ALL.stream().filter(scheme -> scheme.name().equals(name)).findFirst();
  }

  /** Whether a source of this scheme needs a secret; an unknown scheme does. */
  public static boolean needsSecret(String scheme) {
    return named(scheme).map(WebhookScheme::needsSecret).orElse(true);
  }

  /** The scheme of a source whose parameters have no faults, with them. */
  static WebhookScheme overriddenBy(SchemeOptions options) {
    return named(options.scheme()).orElseThrow().overriddenBy(options);
  }

  /**
   * Makes the verifier that the parameters describe.
   *
   * @param secrets any of which may match; not needed for scheme {@code none}; must not be empty
   *     otherwise, even for an optional source
   * @param minBytes a shorter secret is a fault, unless the scheme has its own limits
   * @param clock what signed times are compared with
   * @throws IllegalArgumentException with all faults, one a line: parameter, fault, remedy; never a
   *     secret
   */
  public static SignatureVerifier of(
      SchemeOptions options, List<String> secrets, int minBytes, Clock clock) {
    List<String> faults = new ArrayList<>(OptionFaults.of(options));
    faults.addAll(SecretFaults.of(named(options.scheme()), secrets, minBytes));
    requireNone(faults);
    TimestampTolerance tolerance =
        new TimestampTolerance(
            clock, TimestampTolerance.parseSeconds(options.toleranceSeconds()).orElseThrow());
    return compile(overriddenBy(options), secrets, tolerance);
  }

  /** As above, with {@link WebhookSecrets#MIN_BYTES}. */
  public static SignatureVerifier of(SchemeOptions options, List<String> secrets, Clock clock) {
    return of(options, secrets, WebhookSecrets.MIN_BYTES, clock);
  }

  /** All faults of the parameters, without those of the secrets, as {@link #of} reports them. */
  public static List<String> faultsOf(SchemeOptions options) {
    return OptionFaults.of(options);
  }

  /**
   * Where the event's fields are: the scheme's defaults, replaced by the route's parameters.
   *
   * @throws IllegalArgumentException with all faults, one a line
   */
  public static EventFields fieldsOf(SchemeOptions options) {
    Optional<WebhookScheme> scheme = named(options.scheme());
    if (scheme.isEmpty()) {
      requireNone(OptionFaults.of(options));
    }
    requireNone(EventFields.faultsOf(options, scheme));
    return scheme.orElseThrow().event().overriddenBy(options);
  }

  /**
   * The variables that every handler of the scheme's events gets, each with the JSONPath of its
   * value in the body; none for an unknown scheme.
   */
  public static Map<String, String> variablesOf(String scheme) {
    return named(scheme).map(WebhookScheme::variables).orElse(Map.of());
  }

  /** As {@link #fieldsOf(SchemeOptions)}; null or blank: the scheme's default. */
  public static EventFields fieldsOf(
      String scheme, String eventId, String eventType, String orderingKey) {
    return fieldsOf(
        SchemeOptions.of(scheme)
            .with("eventId", eventId)
            .with("eventType", eventType)
            .with("orderingKey", orderingKey));
  }

  private static SignatureVerifier compile(
      WebhookScheme scheme, List<String> secrets, TimestampTolerance tolerance) {
    return switch (scheme.proof()) {
      case HMAC ->
          new HmacVerifier(
              secrets.stream().map(secret -> HmacKey.of(scheme, secret)).toList(),
              parser(scheme),
              SignedContent.of(scheme.signed().content()),
              tolerance);
      case TOKEN -> new TokenVerifier(scheme, secrets);
      case BEARER, BASIC -> new AuthorizationVerifier(scheme, secrets);
      case NONE -> request -> new VerifiedRequest("", Optional.empty());
    };
  }

  private static ParsedSignature.Parser parser(WebhookScheme scheme) {
    if (scheme.places().size() > 1) {
      return HeaderSetsParser.of(scheme);
    }
    return scheme.format().field().isEmpty()
        ? HeaderSignatureParser.of(scheme)
        : FieldSignatureParser.of(scheme);
  }

  private static void requireNone(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }
}
