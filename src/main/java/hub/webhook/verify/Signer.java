package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Signs a request as a scheme's sender does, to try out a source without its sender, or to send on
 * what was received. Thread-safe.
 *
 * @param scheme with the parameters of its source
 * @param secret one of the source's secrets; ignored where none is needed
 * @param privateKey of public-key schemes and of tokens that are not signed with the secret
 * @param tools for the variables that the scheme names
 */
public record Signer(
    WebhookScheme scheme, String secret, Optional<PrivateKey> privateKey, SchemeTools tools) {
  /** How long a token is good. */
  private static final long TOKEN_SECONDS = 300;

  /** A request that is being made. */
  public interface Outgoing {
    /**
     * Writes a value at a place: {@code header:NAME}, {@code query:NAME}, {@code form:NAME} or a
     * JSONPath of the body.
     */
    void put(String place, String value);

    /** The request as it is now. */
    SignedRequest request();
  }

  /**
   * Signs the request.
   *
   * @param id the event's id, for schemes with a place for it
   * @param type the event's type, for schemes with a header for it
   * @throws IllegalStateException when a private key is needed and not there
   * @throws WebhookRejectedException when the request lacks what is signed
   */
  public void sign(Outgoing message, String id, String type, Instant now)
      throws WebhookRejectedException {
    header(scheme.event().eventId()).ifPresent(place -> message.put(place, id));
    header(scheme.event().eventType()).ifPresent(place -> message.put(place, type));
    WebhookScheme.Places places = scheme.places().get(0);
    WebhookScheme.Format format = scheme.format();
    switch (scheme.proof()) {
      case HMAC, PUBLIC_KEY -> signature(message, id, now);
      case TOKEN -> message.put(places.signature(), format.prefix() + secret);
      case BASIC ->
          message.put(
              places.signature(),
              format.prefix()
                  + SignatureEncoding.BASE64.encode(secret.getBytes(StandardCharsets.UTF_8)));
      case JWT ->
          message.put(
              places.signature(),
              format.prefix() + token(message.request().body(), id, now.getEpochSecond()));
      case NONE -> {}
    }
  }

  private void signature(Outgoing message, String id, Instant now) throws WebhookRejectedException {
    WebhookScheme.Places places = scheme.places().get(0);
    SignedTime time = SignedTime.of(now, scheme.signed().timestampUnit());
    if (!places.timestamp().isEmpty() && places.timestampField().isEmpty()) {
      message.put(places.timestamp(), time.text());
    }
    if (!places.id().isEmpty()) {
      message.put(places.id(), id);
    }
    digest(message);
    SignedRequest request = message.request();
    SignedContents.Choice content = SignedContents.of(scheme, tools::variable).choose(request);
    Optional<String> signedId =
        places.id().isEmpty() ? Optional.of(id) : Place.of(places.id()).read(request);
    Scope scope = Scope.of(request, new ParsedSignature(signedId, Optional.of(time), List.of()));
    byte[] signature =
        scheme.proof() == WebhookScheme.Proof.HMAC
            ? mac(content, scope)
            : byPrivateKey(content, scope, algorithm(request));
    String text = SignatureEncoding.named(scheme.format().encoding()).encode(signature);
    message.put(places.signature(), written(time, text));
  }

  /** Adds the hash of a body that no form is, where the sender signs that in its place. */
  private void digest(Outgoing message) {
    SignedRequest request = message.request();
    for (WebhookScheme.Content content : scheme.signed().contents()) {
      boolean asked = content.when().isEmpty() || content.when().equals(content.digest().in());
      if (asked && !request.details().isForm()) {
        BodyDigest.of(content.digest())
            .ifPresent(one -> message.put(content.digest().in(), one.written(request.body())));
      }
    }
  }

  private byte[] mac(SignedContents.Choice content, Scope scope) throws WebhookRejectedException {
    Mac mac = HmacKey.of(scheme, secret).newMac();
    content.template().feed(scope, mac::update);
    return mac.doFinal();
  }

  private byte[] byPrivateKey(SignedContents.Choice content, Scope scope, String algorithm)
      throws WebhookRejectedException {
    Signature signature = started(algorithm);
    content
        .template()
        .feed(
            scope,
            bytes -> {
              try {
                signature.update(bytes);
              } catch (SignatureException e) {
                throw new IllegalStateException(e); // only of a signature that was not started
              }
            });
    try {
      return signature.sign();
    } catch (SignatureException e) {
      throw new IllegalStateException("the private key cannot sign by " + algorithm, e);
    }
  }

  private Signature started(String algorithm) {
    PrivateKey key =
        privateKey.orElseThrow(
            () -> new IllegalStateException("scheme " + scheme.name() + " needs a private key"));
    try {
      Signature signature = Signature.getInstance(PublicKeyVerifier.jdkName(algorithm));
      signature.initSign(key);
      return signature;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "the private key does not fit the scheme's algorithm " + algorithm, e);
    }
  }

  private String algorithm(SignedRequest request) throws WebhookRejectedException {
    for (WebhookScheme.Algorithm one : scheme.signed().algorithms()) {
      if (Condition.of(one.when()).holds(request)) {
        return one.name();
      }
    }
    return scheme.signed().algorithm();
  }

  private String written(SignedTime time, String signature) {
    WebhookScheme.Format format = scheme.format();
    if (format.field().isEmpty()) {
      return format.prefix() + signature;
    }
    String timestamp = scheme.places().get(0).timestampField();
    if (format.assign().isEmpty()) { // parts without names
      return format.prefix()
          + (timestamp.isEmpty() ? "" : time.text() + format.separator())
          + signature;
    }
    return format.prefix()
        + (timestamp.isEmpty()
            ? ""
            : timestamp + format.assign() + time.text() + format.separator())
        + Variables.fill(format.field(), tools::variable)
        + format.assign()
        + signature;
  }

  private String token(byte[] body, String id, long now) {
    String algorithm = scheme.signed().algorithm();
    Map<String, String> claims = new LinkedHashMap<>();
    scheme
        .claims()
        .forEach((name, value) -> claims.put(name, quoted(Variables.fill(value, tools::variable))));
    claims.put("iat", Long.toString(now));
    claims.put("exp", Long.toString(now + TOKEN_SECONDS));
    claims.put("jti", quoted(id));
    scheme.signed().contents().stream()
        .flatMap(content -> BodyDigest.of(content.digest()).stream())
        .forEach(digest -> claims.put(digest.claim(), quoted(digest.written(body))));
    String signed =
        base64("{\"alg\":\"" + algorithm.toUpperCase(Locale.ROOT) + "\",\"typ\":\"JWT\"}")
            + "."
            + base64(json(claims));
    byte[] bytes = signed.getBytes(StandardCharsets.US_ASCII);
    return signed
        + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                algorithm.equals("hs256")
                    ? HmacKey.of(scheme, secret).newMac().doFinal(bytes)
                    : signedByKey(algorithm, bytes));
  }

  private byte[] signedByKey(String algorithm, byte[] bytes) {
    try {
      Signature signature = started(algorithm);
      signature.update(bytes);
      return signature.sign();
    } catch (SignatureException e) {
      throw new IllegalStateException("the private key cannot sign by " + algorithm, e);
    }
  }

  private static String json(Map<String, String> members) {
    StringBuilder json = new StringBuilder("{");
    members.forEach(
        (name, value) ->
            json.append(json.length() == 1 ? "" : ",")
                .append(quoted(name))
                .append(':')
                .append(value));
    return json.append('}').toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The first expression that is a header. */
  private static Optional<String> header(List<String> expressions) {
    return expressions.stream().filter(one -> EventFields.headerOf(one).isPresent()).findFirst();
  }
}
