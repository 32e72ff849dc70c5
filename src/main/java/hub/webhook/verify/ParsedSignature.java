package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/**
 * What a request says of itself, read but not yet believed.
 *
 * @param signatures any of which may match; never empty
 */
record ParsedSignature(Optional<String> id, Optional<SignedTime> time, List<byte[]> signatures) {

  /** Finds a scheme's claim in a request's headers. */
  @FunctionalInterface
  interface Reader {

    /**
     * Reads, and proves nothing.
     *
     * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} or {@link
     *     RejectionReason#SIGNATURE_MALFORMED}
     */
    ParsedSignature read(SignedRequest request) throws WebhookRejectedException;
  }

  /**
   * The signatures that can be decoded. Those that cannot are passed over as long as one can: they
   * match nothing, and the others still stand for themselves.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MALFORMED} when none can
   */
  static List<byte[]> decoded(
      String place, SignatureEncoding signatureEncoding, List<String> written)
      throws WebhookRejectedException {
    List<byte[]> signatures =
        written.stream().map(signatureEncoding::decode).flatMap(Optional::stream).toList();
    if (signatures.isEmpty()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED, place + " holds no readable signature");
    }
    return signatures;
  }
}
