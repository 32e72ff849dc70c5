package hub.webhook.verify;

/** One sender's way of proving that a request is its own. Thread-safe. */
@FunctionalInterface
public interface SignatureScheme {

  /**
   * Believes the request or throws.
   *
   * @throws WebhookRejectedException with the reason (never the secret) when the request must not
   *     be believed
   */
  VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException;
}
