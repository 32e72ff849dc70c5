package hub.outbound;

import java.io.IOException;

/** A provider sent more than the hub takes. */
final class AnswerTooLarge extends IOException {
  private static final long serialVersionUID = 1L;

  AnswerTooLarge(long mostBytes) {
    super("its answer is larger than " + mostBytes + " bytes");
  }
}
