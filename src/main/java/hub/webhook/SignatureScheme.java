package hub.webhook;

/** One sender's way of proving that a request is its own. Thread-safe. */
@FunctionalInterface
public interface SignatureScheme {

  /**
   * Believes the request or throws.
   *
   * @throws Rejected with the reason (never the secret) when the request must not be believed
   */
  Verified verify(SignedRequest request) throws Rejected;
}
