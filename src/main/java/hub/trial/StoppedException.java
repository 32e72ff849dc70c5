package hub.trial;

/** Ends the steps of a route as the end of the process would. */
final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoppedException() {
    super("the test stopped the process here");
  }
}
