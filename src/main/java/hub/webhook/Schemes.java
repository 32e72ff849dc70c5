package hub.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The signature schemes by name. */
public final class Schemes {
  private Schemes() {}

  /** The names there are, in the order of the reference. */
  public static List<String> names() {
    return Stream.of(SchemeKind.values()).map(SchemeKind::label).toList();
  }

  /**
   * The scheme that the parameters describe.
   *
   * @param secrets any of which may match; not needed for scheme {@code none}; the caller deals
   *     with sources that are optional before it comes here
   * @param leastBytes a shorter secret is a fault; a scheme's own bound wins
   * @param clock what signed times are compared with
   * @throws IllegalArgumentException with every fault on a line of its own: the parameter, what is
   *     wrong, the remedy; never a secret
   */
  public static SignatureScheme of(
      SchemeOptions options, List<String> secrets, int leastBytes, Clock clock) {
    List<String> faults = new ArrayList<>(OptionFaults.of(options));
    Optional<SchemeKind> kind = SchemeKind.named(options.scheme());
    faults.addAll(SecretFaults.of(kind, secrets, leastBytes));
    refuse(faults);
    return build(kind.orElseThrow(), options, secrets, clock);
  }

  /** As above, with {@link Secrets#LEAST_BYTES}. */
  public static SignatureScheme of(SchemeOptions options, List<String> secrets, Clock clock) {
    return of(options, secrets, Secrets.LEAST_BYTES, clock);
  }

  /** Everything wrong with the parameters, secrets aside, as {@link #of} would tell it. */
  public static List<String> faultsOf(SchemeOptions options) {
    return OptionFaults.of(options);
  }

  /**
   * Where the event's fields are: the scheme's defaults, replaced by what the route says.
   *
   * @throws IllegalArgumentException with every fault on a line of its own
   */
  public static EventFields fieldsOf(SchemeOptions options) {
    Optional<SchemeKind> kind = SchemeKind.named(options.scheme());
    if (kind.isEmpty()) {
      refuse(OptionFaults.of(options));
    }
    refuse(EventFields.faultsOf(options, kind));
    return EventFields.defaultsOf(kind.orElseThrow()).overriddenBy(options);
  }

  /**
   * The variables that every handler of the scheme's events gets, by the JSONPath of the body that
   * fills each; none for a scheme that is not known.
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
    Freshness freshness =
        new Freshness(clock, Freshness.parseSeconds(options.toleranceSeconds()).orElseThrow());
    return switch (kind) {
      case STRIPE -> hmac(secrets, new StripeClaim(), "{timestamp}.{body}", freshness);
      case GITHUB ->
          hmac(
              secrets,
              HeaderClaim.of("X-Hub-Signature-256", "sha256=", Encoding.HEX),
              "{body}",
              freshness);
      case SLACK ->
          hmac(
              secrets,
              HeaderClaim.of("X-Slack-Signature", "v0=", Encoding.HEX)
                  .timedBy("X-Slack-Request-Timestamp"),
              "v0:{timestamp}:{body}",
              freshness);
      case SHOPIFY ->
          hmac(
              secrets,
              HeaderClaim.of("X-Shopify-Hmac-Sha256", "", Encoding.BASE64),
              "{body}",
              freshness);
      case STANDARD_WEBHOOKS ->
          new HmacScheme(
              secrets.stream()
                  .map(s -> HmacKey.of(s, "sha256", StandardSecret.decode(s).orElseThrow()))
                  .toList(),
              new StandardWebhooksClaim(),
              SignedContent.of("{id}.{timestamp}.{body}"),
              freshness);
      case HMAC ->
          new HmacScheme(
              keys(secrets, options.algorithm()),
              HeaderClaim.of(options),
              SignedContent.of(SignedContent.templateOf(options)),
              freshness);
      case TOKEN -> new TokenScheme(Shown.of(options), secrets);
      case BEARER -> AuthorizationScheme.bearer(secrets);
      case BASIC -> AuthorizationScheme.basic(secrets);
      case NONE -> request -> new Verified("", Optional.empty(), Optional.empty());
    };
  }

  private static HmacScheme hmac(
      List<String> secrets, Claim.Reader reader, String content, Freshness freshness) {
    return new HmacScheme(keys(secrets, "sha256"), reader, SignedContent.of(content), freshness);
  }

  private static List<HmacKey> keys(List<String> secrets, String algorithm) {
    return secrets.stream()
        .map(s -> HmacKey.of(s, algorithm, s.getBytes(StandardCharsets.UTF_8)))
        .toList();
  }

  private static void refuse(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
  }
}
