package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/**
 * The signature of a request with its signed id and time, parsed but not yet verified.
 *
 * @param signatures any of which may match; never empty
 */
record ParsedSignature(Optional<String> id, Optional<SignedTime> time, List<byte[]> signatures) {

  /** Parses the signature of one scheme. */
  @FunctionalInterface
  interface Parser {

    /**
     * Parses the signature without verifying it.
     *
     * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} or {@link
     *     RejectionReason#SIGNATURE_MALFORMED}
     */
    ParsedSignature parse(SignedRequest request) throws WebhookRejectedException;
  }

  /**
   * Decodes signatures. Skips those that cannot be decoded, because they match nothing.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MALFORMED} when none can be
   *     decoded
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
