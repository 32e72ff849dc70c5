package hub.webhook.verify;

import hub.util.Sha256;
import hub.webhook.verify.WebhookScheme.Handshake;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Answers one handshake. Without a proof it only echoes, and signs nothing that could be an event's
 * body. Thread-safe.
 *
 * @param checks places with what each must hold; a proof in place of the signature
 * @param signedByOracle what an answer without a proof signs
 * @param keys the source's secrets; of them the first signs
 */
record HandshakeAnswerer(
    Handshake handshake,
    List<Condition> when,
    Map<Place, Template> checks,
    List<Template> signedByOracle,
    AnswerTemplate answer,
    List<Scope.Key> keys) {

  /** What a provider's challenge looks like, and no JSON or form does. */
  private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9+/_=.-]{1,256}");

  private static final int MOST_UNPROVEN_BYTES = 1024;

  static HandshakeAnswerer of(
      WebhookScheme scheme, Handshake handshake, List<String> secrets, SchemeTools tools) {
    Map<Place, Template> checks = new LinkedHashMap<>();
    handshake
        .checks()
        .forEach(
            (place, expected) ->
                checks.put(Place.of(place), Template.of(expected, tools::variable)));
    return new HandshakeAnswerer(
        handshake,
        handshake.when().stream().map(Condition::of).toList(),
        checks,
        handshake.verified() || !checks.isEmpty()
            ? List.of()
            : HmacPlaceholder.contents(handshake.answer().body()).stream()
                .map(content -> Template.of(content, tools::variable))
                .toList(),
        new AnswerTemplate(handshake.answer(), tools),
        secrets.stream()
            .map(secret -> new Scope.Key(secret, scheme.secret().key(secret).orElse(new byte[0])))
            .toList());
  }

  boolean matches(SignedRequest request) throws WebhookRejectedException {
    if (!handshake.method().equals(request.details().method())) {
      return false;
    }
    for (Condition condition : when) {
      if (!condition.holds(request)) {
        return false;
      }
    }
    return true;
  }

  Response answer(SignedRequest request, Optional<SignatureVerifier> verifier)
      throws WebhookRejectedException {
    Optional<Scope.Key> key = keys.stream().findFirst();
    if (!checks.isEmpty()) {
      key = Optional.of(checked(request));
    } else if (handshake.verified()) {
      verifier.orElseThrow(HandshakeAnswerer::notConfigured).verify(request);
    }
    Scope scope = Scope.of(request).with(key);
    for (Template signed : signedByOracle) {
      if (key.isEmpty()) {
        throw notConfigured();
      }
      if (!CHALLENGE.matcher(signed.text(scope, text -> text)).matches()) {
        throw new WebhookRejectedException(
            RejectionReason.PAYLOAD_INVALID, "the challenge is not the text that its sender makes");
      }
    }
    Response response =
        answer
            .complete(scope)
            .orElseThrow(
                () ->
                    new WebhookRejectedException(
                        RejectionReason.PAYLOAD_INVALID,
                        "the handshake lacks what its answer repeats"));
    boolean proven = handshake.verified() || !checks.isEmpty();
    if (!proven && response.body().getBytes(StandardCharsets.UTF_8).length > MOST_UNPROVEN_BYTES) {
      throw new WebhookRejectedException(
          RejectionReason.PAYLOAD_INVALID,
          "the challenge is longer than " + MOST_UNPROVEN_BYTES + " bytes");
    }
    return response;
  }

  /** The secret with which all checks hold. */
  private Scope.Key checked(SignedRequest request) throws WebhookRejectedException {
    if (keys.isEmpty()) {
      throw notConfigured();
    }
    for (Scope.Key key : keys) {
      if (holds(request, Scope.of(request).with(Optional.of(key)))) {
        return key;
      }
    }
    throw new WebhookRejectedException(
        RejectionReason.SIGNATURE_MISMATCH, "the handshake does not show what was agreed on");
  }

  private boolean holds(SignedRequest request, Scope scope) throws WebhookRejectedException {
    boolean all = true;
    for (Map.Entry<Place, Template> check : checks.entrySet()) {
      String shown = check.getKey().required(request);
      String expected = check.getValue().text(scope, text -> text);
      all &= !expected.isEmpty() && MessageDigest.isEqual(hash(shown), hash(expected));
    }
    return all;
  }

  private static byte[] hash(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static WebhookRejectedException notConfigured() {
    return new WebhookRejectedException(
        RejectionReason.NOT_CONFIGURED, "the secret of this source is not set");
  }
}
