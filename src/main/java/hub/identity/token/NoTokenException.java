package hub.identity.token;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;

/** There is no token, and the provider would not give one. */
final class NoTokenException extends ProblemException {
  private static final long serialVersionUID = 1L;

  private NoTokenException(Problem problem) {
    super(problem);
  }

  /** The person has never logged in, or the tokens have been deleted. */
  static NoTokenException unknown(TokenOwner owner) {
    return new NoTokenException(
        Problem.of(
            404,
            "person-unknown",
            "There are no tokens of " + owner + "; the person has to log in first."));
  }

  /** The provider no longer accepts the refresh token, or never gave one. */
  static NoTokenException loginRequired(TokenOwner owner) {
    return new NoTokenException(
        Problem.of(
            409,
            "login-required",
            owner.provider()
                + " gives no more tokens of "
                + owner
                + "; send the person through /api/auth/"
                + owner.provider().replaceAll("\\p{Cntrl}", "?")
                + "/login again."));
  }
}
