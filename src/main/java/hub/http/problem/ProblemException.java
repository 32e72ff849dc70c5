package hub.http.problem;

/** Ends a request with a {@link Problem}. Carries no stack trace: it is a response, not a bug. */
public class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    this(problem, null);
  }

  /**
   * @param cause may be null
   */
  public ProblemException(Problem problem, Throwable cause) {
    super(problem.reason() + ": " + problem.detail(), cause, false, false);
    this.problem = problem;
  }

  public final Problem problem() {
    return problem;
  }
}
