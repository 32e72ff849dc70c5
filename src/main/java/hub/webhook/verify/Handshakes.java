package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/** The requests by which a scheme's sender makes sure of the address. Thread-safe. */
public final class Handshakes {
  private final List<HandshakeAnswerer> all;

  private Handshakes(List<HandshakeAnswerer> all) {
    this.all = all;
  }

  /**
   * The handshakes of a scheme.
   *
   * @param secrets of the source; may be empty where the source is not configured yet
   * @throws IllegalArgumentException when a variable that a handshake names is not set
   */
  public static Handshakes of(WebhookScheme scheme, List<String> secrets, SchemeTools tools) {
    return new Handshakes(
        scheme.responses().handshakes().stream()
            .map(one -> HandshakeAnswerer.of(scheme, one, secrets, tools))
            .toList());
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * The answer to a handshake; empty when the request is none.
   *
   * @param verifier of the source; empty while it is not configured
   * @throws WebhookRejectedException when the request is one, without its proof
   */
  public Optional<Response> answer(SignedRequest request, Optional<SignatureVerifier> verifier)
      throws WebhookRejectedException {
    for (HandshakeAnswerer one : all) {
      if (one.matches(request)) {
        return Optional.of(one.answer(request, verifier));
      }
    }
    return Optional.empty();
  }
}
