package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The signature schemes by name: of each sender, where its signature stands and what it covers.
 * {@link Signer} makes the same signatures.
 */
public final class Schemes {
  private Schemes() {}

  /** All names, in the order of the reference. */
  public static List<String> names() {
    return Stream.of(SchemeKind.values()).map(SchemeKind::label).toList();
  }

  /**
   * Makes the scheme that the parameters describe.
   *
   * @param secrets any of which may match; not needed for scheme {@code none}; must not be empty
   *     otherwise, even for an optional source
   * @param minBytes a shorter secret is a fault, unless the scheme has its own limits
   * @param clock what signed times are compared with
   * @throws IllegalArgumentException with all faults, one a line: parameter, fault, remedy; never a
   *     secret
   */
  public static SignatureScheme of(
      SchemeOptions options, List<String> secrets, int minBytes, Clock clock) {
    List<String> faults = new ArrayList<>(OptionFaults.of(options));
    Optional<SchemeKind> kind = SchemeKind.named(options.scheme());
    faults.addAll(SecretFaults.of(kind, secrets, minBytes));
    requireNone(faults);
    return build(kind.orElseThrow(), options, secrets, clock);
  }

  /** As above, with {@link WebhookSecrets#MIN_BYTES}. */
  public static SignatureScheme of(SchemeOptions options, List<String> secrets, Clock clock) {
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
    Optional<SchemeKind> kind = SchemeKind.named(options.scheme());
    if (kind.isEmpty()) {
      requireNone(OptionFaults.of(options));
    }
    requireNone(EventFields.faultsOf(options, kind));
    return EventFields.defaultsOf(kind.orElseThrow()).overriddenBy(options);
  }

  /**
   * The variables that every handler of the scheme's events gets, each with the JSONPath of its
   * value in the body; none for an unknown scheme.
   */
  public static Map<String, String> variablesOf(String scheme) {
    return SchemeKind.named(scheme).map(EventFields::variablesOf).orElse(Map.of());
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

  private static SignatureScheme build(
      SchemeKind kind, SchemeOptions options, List<String> secrets, Clock clock) {
    TimestampTolerance tolerance =
        new TimestampTolerance(
            clock, TimestampTolerance.parseSeconds(options.toleranceSeconds()).orElseThrow());
    return switch (kind) {
      case STRIPE -> hmac(secrets, new StripeSignatureParser(), "{timestamp}.{body}", tolerance);
      case GITHUB ->
          hmac(
              secrets,
              HeaderSignatureParser.of("X-Hub-Signature-256", "sha256=", SignatureEncoding.HEX),
              "{body}",
              tolerance);
      case SLACK ->
          hmac(
              secrets,
              HeaderSignatureParser.of("X-Slack-Signature", "v0=", SignatureEncoding.HEX)
                  .timedBy("X-Slack-Request-Timestamp"),
              "v0:{timestamp}:{body}",
              tolerance);
      case SHOPIFY ->
          hmac(
              secrets,
              HeaderSignatureParser.of("X-Shopify-Hmac-Sha256", "", SignatureEncoding.BASE64),
              "{body}",
              tolerance);
      case STANDARD_WEBHOOKS ->
          new HmacScheme(
              secrets.stream()
                  .map(s -> HmacKey.of(s, "sha256", StandardSecret.decode(s).orElseThrow()))
                  .toList(),
              new StandardWebhooksParser(),
              SignedContent.of("{id}.{timestamp}.{body}"),
              tolerance);
      case HMAC ->
          new HmacScheme(
              keys(secrets, options.algorithm()),
              HeaderSignatureParser.of(options),
              SignedContent.of(SignedContent.templateOf(options)),
              tolerance);
      case TOKEN -> new TokenScheme(ProofLocation.of(options), secrets);
      case BEARER -> AuthorizationScheme.bearer(secrets);
      case BASIC -> AuthorizationScheme.basic(secrets);
      case NONE -> request -> new VerifiedRequest("", Optional.empty(), Optional.empty());
    };
  }

  private static HmacScheme hmac(
      List<String> secrets,
      ParsedSignature.Parser parser,
      String content,
      TimestampTolerance tolerance) {
    return new HmacScheme(keys(secrets, "sha256"), parser, SignedContent.of(content), tolerance);
  }

  private static List<HmacKey> keys(List<String> secrets, String algorithm) {
    return secrets.stream()
        .map(s -> HmacKey.of(s, algorithm, s.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  private static void requireNone(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }
}
