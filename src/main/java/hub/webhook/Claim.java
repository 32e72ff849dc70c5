package hub.webhook;

import java.util.List;
import java.util.Optional;

/**
 * What a request says of itself, read but not yet believed.
 *
 * @param signatures any of which may match; never empty
 */
record Claim(Optional<String> id, Optional<SignedTime> time, List<byte[]> signatures) {

  /** Finds a scheme's claim in a request's headers. */
  @FunctionalInterface
  interface Reader {

    /**
     * Reads, and proves nothing.
     *
     * @throws Rejected {@link Reason#SIGNATURE_MISSING} or {@link Reason#SIGNATURE_MALFORMED}
     */
    Claim read(SignedRequest request) throws Rejected;
  }

  /**
   * The signatures that can be decoded. Those that cannot are passed over as long as one can: they
   * match nothing, and the others still stand for themselves.
   *
   * @throws Rejected {@link Reason#SIGNATURE_MALFORMED} when none can
   */
  static List<byte[]> decoded(String place, Encoding encoding, List<String> written)
      throws Rejected {
    List<byte[]> signatures =
        written.stream().map(encoding::decode).flatMap(Optional::stream).toList();
    if (signatures.isEmpty()) {
      throw new Rejected(Reason.SIGNATURE_MALFORMED, place + " holds no readable signature");
    }
    return signatures;
  }
}
