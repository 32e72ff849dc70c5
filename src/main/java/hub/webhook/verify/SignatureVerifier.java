package hub.webhook.verify;

/** Verifies that a request comes from its sender. Thread-safe. */
@FunctionalInterface
public interface SignatureVerifier {

  /**
   * Verifies the request.
   *
   * @throws WebhookRejectedException with the reason (never the secret) when the request must not
   *     be trusted
   */
  VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException;
}
