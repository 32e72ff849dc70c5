package hub.webhook.verify;

/**
 * The header or query parameter with a sender's signature or token.
 *
 * @param query whether it is a query parameter
 * @param prefix the exact text before it; empty: none
 */
record ProofLocation(boolean query, String name, String prefix) {

  static ProofLocation inHeader(String name, String prefix) {
    return new ProofLocation(false, name, prefix);
  }

  /** The location that the parameters of schemes {@code hmac} and {@code token} name. */
  static ProofLocation of(SchemeOptions options) {
    boolean query = !options.signatureQuery().isEmpty();
    return new ProofLocation(
        query,
        query ? options.signatureQuery() : options.signatureHeader(),
        options.signaturePrefix());
  }

  /** For messages: {@code header X-Signature} or {@code query parameter sig}. */
  String place() {
    return (query ? "query parameter " : "header ") + name;
  }

  /**
   * The signature or token, without the prefix.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} or {@link
   *     RejectionReason#SIGNATURE_MALFORMED}
   */
  String read(SignedRequest request) throws WebhookRejectedException {
    String value = query ? request.requiredQuery(name) : request.requiredHeader(name);
    if (!value.startsWith(prefix)) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED, place() + " does not begin with " + prefix);
    }
    return value.substring(prefix.length());
  }
}
