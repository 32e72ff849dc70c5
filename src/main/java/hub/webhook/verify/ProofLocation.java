package hub.webhook.verify;

/**
 * The header or query parameter with a sender's signature or token.
 *
 * @param query whether it is a query parameter
 * @param prefix the exact text before it; empty: none
 * @param place for messages: {@code header X-Signature} or {@code query parameter sig}
 */
record ProofLocation(boolean query, String name, String prefix, String place) {
  static final String QUERY = "query:";

  /** The scheme's first place, which is a header or a query parameter. */
  static ProofLocation of(WebhookScheme scheme) {
    String place = scheme.places().get(0).signature();
    boolean query = place.startsWith(QUERY);
    String name = place.substring((query ? QUERY : EventFields.HEADER).length());
    return new ProofLocation(
        query, name, scheme.format().prefix(), (query ? "query parameter " : "header ") + name);
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
          RejectionReason.SIGNATURE_MALFORMED, place + " does not begin with " + prefix);
    }
    return value.substring(prefix.length());
  }
}
