package hub.trial;

/** Ends a step that would have left the process and has no stub. */
final class MissingStubException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingStubException(String place) {
    super("the step " + place + " leaves the process and has no stub");
  }
}
