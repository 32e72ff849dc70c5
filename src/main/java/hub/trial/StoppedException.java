package hub.trial;

/** Ends the steps of a route as the end of the process would. */
final class StoppedException extends RuntimeException {
  static final String MESSAGE = "the test stopped the process here";

  private static final long serialVersionUID = 1L;

  StoppedException() {
    super(MESSAGE);
  }
}
