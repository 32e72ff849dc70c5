package hub.call.policy;

import java.io.IOException;

/** A provider sent more than the hub takes. */
public final class AnswerTooLargeException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean done;

  public AnswerTooLargeException(long mostBytes) {
    this(mostBytes, false);
  }

  /**
   * @param done whether what was asked is done, and asking again would do it again
   */
  public AnswerTooLargeException(long mostBytes, boolean done) {
    super("its answer is larger than " + mostBytes + " bytes");
    this.done = done;
  }

  boolean isDone() {
    return done;
  }
}
