package hub.outbound;

import java.io.IOException;

/** A provider sent more than the hub takes. */
final class AnswerTooLarge extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean done;

  AnswerTooLarge(long mostBytes) {
    this(mostBytes, false);
  }

  /**
   * @param done whether what was asked is done, and asking again would do it again
   */
  AnswerTooLarge(long mostBytes, boolean done) {
    super("its answer is larger than " + mostBytes + " bytes");
    this.done = done;
  }

  boolean isDone() {
    return done;
  }
}
