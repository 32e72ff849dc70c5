package hub.webhook;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * The time a sender signed.
 *
 * @param text as it was sent, because that is what was signed
 */
record SignedTime(String text, Instant instant) {

  /**
   * Reads unix seconds: ASCII digits only, so that no sign, space or letter is passed over.
   *
   * @param header where it was found, for the message
   * @throws Rejected {@link Reason#SIGNATURE_MALFORMED} when it is no such number or too large
   */
  static SignedTime parse(String header, String text) throws Rejected {
    try {
      if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return new SignedTime(text, Instant.ofEpochSecond(Long.parseLong(text)));
      }
    } catch (NumberFormatException | DateTimeException tooLarge) {
      // Refused below, like everything else that is no time.
    }
    throw new Rejected(
        Reason.SIGNATURE_MALFORMED, "the timestamp in header " + header + " is not unix seconds");
  }
}
