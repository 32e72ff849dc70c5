package hub.webhook.verify;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes verifiers of schemes without faults. Done once for a source, so that a request is cheap.
 */
final class SchemeCompiler {
  private final WebhookScheme scheme;
  private final List<String> secrets;
  private final TimestampTolerance tolerance;
  private final SchemeTools tools;

  private SchemeCompiler(
      WebhookScheme scheme, List<String> secrets, TimestampTolerance tolerance, SchemeTools tools) {
    this.scheme = scheme;
    this.secrets = secrets;
    this.tolerance = tolerance;
    this.tools = tools;
  }

  static SignatureVerifier compile(
      WebhookScheme scheme, List<String> secrets, TimestampTolerance tolerance, SchemeTools tools) {
    return new SchemeCompiler(scheme, secrets, tolerance, tools).compile();
  }

  private SignatureVerifier compile() {
    return switch (scheme.proof()) {
      case HMAC -> new HmacVerifier(hmacKeys(), parser(), contents(), tolerance);
      case TOKEN, BASIC ->
          AuthorizationVerifier.takes(scheme)
              ? new AuthorizationVerifier(scheme, secrets)
              : new TokenVerifier(scheme, secrets);
      case PUBLIC_KEY ->
          new PublicKeyVerifier(keySource(), parser(), algorithms(), contents(), tolerance);
      case JWT -> jwt();
      case NONE -> request -> new VerifiedRequest("", Optional.empty());
    };
  }

  private List<HmacKey> hmacKeys() {
    return secrets.stream().map(secret -> HmacKey.of(scheme, secret)).toList();
  }

  private ParsedSignature.Parser parser() {
    String field = Variables.fill(scheme.format().field(), tools::variable);
    return scheme.places().size() > 1
        ? AlternativesParser.of(scheme, field)
        : SignatureParser.of(scheme, scheme.places().get(0), field);
  }

  private SignedContents contents() {
    return SignedContents.of(scheme, tools::variable);
  }

  private List<PublicKeyVerifier.Algorithm> algorithms() {
    return scheme.signed().algorithms().stream()
        .map(one -> new PublicKeyVerifier.Algorithm(Condition.of(one.when()), one.name()))
        .toList();
  }

  private KeySource keySource() {
    return scheme.keys().url().isEmpty()
        ? new KeySource.Configured(
            secrets.stream()
                .map(text -> VerificationKey.of(PublicKeys.parse(text).orElseThrow()))
                .toList())
        : new KeySource.Fetched(KeySource.Address.of(scheme.keys(), tools), tools);
  }

  private JwtVerifier jwt() {
    boolean bySecret = scheme.signed().algorithm().equals(JwtVerifier.BY_SECRET);
    Map<String, String> claims = new TreeMap<>();
    scheme
        .claims()
        .forEach((name, value) -> claims.put(name, Variables.fill(value, tools::variable)));
    return new JwtVerifier(
        Place.of(scheme.places().get(0).signature()),
        scheme.format().prefix(),
        scheme.signed().algorithm(),
        bySecret ? hmacKeys() : List.of(),
        bySecret ? Optional.empty() : Optional.of(keySource()),
        claims,
        scheme.signed().contents().stream()
            .flatMap(content -> BodyDigest.of(content.digest()).stream())
            .findFirst(),
        tolerance,
        tools);
  }
}
