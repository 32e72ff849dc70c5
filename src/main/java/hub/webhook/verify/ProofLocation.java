package hub.webhook.verify;

/**
 * Where a sender puts its signature or token: a header, or a query parameter.
 *
 * @param query whether it is a query parameter
 * @param prefix stands before it, exactly so; empty: none
 */
record ProofLocation(boolean query, String name, String prefix) {

  static ProofLocation inHeader(String name, String prefix) {
    return new ProofLocation(false, name, prefix);
  }

  /** As the parameters of schemes {@code hmac} and {@code token} describe it. */
  static ProofLocation of(SchemeOptions options) {
    boolean query = !options.signatureQuery().isEmpty();
    return new ProofLocation(
        query,
        query ? options.signatureQuery() : options.signatureHeader(),
        options.signaturePrefix());
  }

  /** {@code header X-Signature}, {@code query parameter sig}. */
  String place() {
    return (query ? "query parameter " : "header ") + name;
  }

  /**
   * What stands behind the prefix.
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
