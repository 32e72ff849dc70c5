package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Accepts a request with a JSON Web Token (RFC 7519) that is signed by the one algorithm of the
 * scheme, whatever the token says of itself, and whose claims are the scheme's. Thread-safe.
 *
 * @param secrets keys of {@code hs256}
 * @param source keys of the other algorithms
 * @param claims names with the value that each must have
 */
record JwtVerifier(
    Place place,
    String prefix,
    String algorithm,
    List<HmacKey> secrets,
    Optional<KeySource> source,
    Map<String, String> claims,
    Optional<BodyDigest> digest,
    TimestampTolerance tolerance,
    SchemeTools tools)
    implements SignatureVerifier {
  /** The one algorithm that signs with a secret. */
  static final String BY_SECRET = "hs256";

  static final List<String> ALGORITHMS = List.of(BY_SECRET, "rs256", "es256");

  /** How far a sender's clock may be ahead. */
  private static final long SKEW_SECONDS = 30;

  private static final int MOST_CHARACTERS = 16 * 1024;

  private record Token(
      Map<String, List<String>> head,
      Map<String, List<String>> claims,
      byte[] signed,
      byte[] signature) {}

  @Override
  public VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException {
    Token token = parse(request);
    if (!List.of(algorithm.toUpperCase(Locale.ROOT)).equals(token.head.get("alg"))) {
      throw mismatch("the token is not signed by " + algorithm.toUpperCase(Locale.ROOT));
    }
    if (token.head.containsKey("crit")) {
      throw malformed("asks for extensions");
    }
    String key = confirmedBy(token, request);
    for (Map.Entry<String, String> claim : claims.entrySet()) {
      if (!token.claims.getOrDefault(claim.getKey(), List.of()).contains(claim.getValue())) {
        throw mismatch("the token's claim " + claim.getKey() + " is not the one expected");
      }
    }
    if (digest.isPresent()) {
      String claim = digest.get().claim();
      digest.get().check(first(token.claims, claim), request.body());
    }
    return new VerifiedRequest(key, checkedTime(token));
  }

  private Token parse(SignedRequest request) throws WebhookRejectedException {
    String text = place.required(request);
    if (!text.regionMatches(true, 0, prefix, 0, prefix.length())) {
      throw malformed("does not begin with " + prefix);
    }
    String written = text.substring(prefix.length()).strip();
    // The decoder takes padding; the standard does not.
    if (written.length() > MOST_CHARACTERS || written.indexOf('=') >= 0) {
      throw malformed("holds no JSON Web Token");
    }
    String[] parts = written.split("\\.", -1);
    if (parts.length != 3) {
      throw malformed("holds no JSON Web Token");
    }
    try {
      return new Token(
          members(parts[0]),
          members(parts[1]),
          (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII),
          Base64.getUrlDecoder().decode(parts[2]));
    } catch (IllegalArgumentException e) {
      throw malformed("holds no JSON Web Token");
    }
  }

  private Map<String, List<String>> members(String part) {
    return tools
        .members(Base64.getUrlDecoder().decode(part))
        .orElseThrow(IllegalArgumentException::new);
  }

  private String confirmedBy(Token token, SignedRequest request) throws WebhookRejectedException {
    if (source.isEmpty()) {
      for (HmacKey key : secrets) {
        Mac mac = key.newMac();
        if (MessageDigest.isEqual(mac.doFinal(token.signed), token.signature)) {
          return key.id();
        }
      }
      throw mismatch("the token was signed with none of our secrets");
    }
    String named = first(token.head, "kid");
    return source
        .get()
        .confirming(
            request,
            key ->
                key.isNamed(named)
                    && PublicKeyVerifier.confirms(key, algorithm, token.signed, token.signature))
        .orElseThrow(() -> mismatch("none of the sender's keys confirms the token"))
        .id();
  }

  /**
   * The time of issue.
   *
   * @throws WebhookRejectedException outside of the token's time, or when it has neither end nor
   *     beginning
   */
  private Optional<Instant> checkedTime(Token token) throws WebhookRejectedException {
    Clock clock = tolerance.clock();
    long now = clock.instant().getEpochSecond();
    Optional<Long> end = seconds(token, "exp");
    if (end.isPresent() && end.get() <= now) {
      throw new WebhookRejectedException(
          RejectionReason.TIMESTAMP_TOO_OLD, "the token ended " + (now - end.get()) + " s ago");
    }
    Optional<Long> begin = seconds(token, "nbf");
    if (begin.isPresent() && begin.get() > now + SKEW_SECONDS) {
      throw new WebhookRejectedException(
          RejectionReason.TIMESTAMP_IN_FUTURE, "the token begins in " + (begin.get() - now) + " s");
    }
    Optional<Instant> issued = seconds(token, "iat").map(Instant::ofEpochSecond);
    if (end.isEmpty() && issued.isPresent()) {
      tolerance.check(issued.get());
    } else if (end.isEmpty() && digest.isEmpty()) {
      // It would be good for ever, with any body.
      throw malformed("has neither exp nor iat");
    }
    return issued;
  }

  private static Optional<Long> seconds(Token token, String claim) throws WebhookRejectedException {
    List<String> values = token.claims.getOrDefault(claim, List.of());
    if (values.isEmpty()) {
      return Optional.empty();
    }
    try {
      double seconds = Double.parseDouble(values.get(0));
      if (!(Math.abs(seconds) < 1e11)) {
        throw new NumberFormatException();
      }
      return Optional.of((long) Math.floor(seconds));
    } catch (NumberFormatException e) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED, "the token's " + claim + " is no time");
    }
  }

  private static String first(Map<String, List<String>> members, String name) {
    List<String> values = members.getOrDefault(name, List.of());
    return values.isEmpty() ? "" : values.get(0);
  }

  private WebhookRejectedException malformed(String what) {
    return new WebhookRejectedException(
        RejectionReason.SIGNATURE_MALFORMED, place.title() + " " + what);
  }

  private static WebhookRejectedException mismatch(String what) {
    return new WebhookRejectedException(RejectionReason.SIGNATURE_MISMATCH, what);
  }
}
