package hub.identity.token;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;

/** There is no token to give, and asking the provider again would not bring one. */
final class NoTokenException extends ProblemException {
  private static final long serialVersionUID = 1L;

  private NoTokenException(Problem problem) {
    super(problem);
  }

  /** Nobody of this id has logged in, or the account has been forgotten. */
  static NoTokenException unknown(TokenOwner tokenOwner) {
    return new NoTokenException(
        Problem.of(
            404,
            "person-unknown",
            "There are no tokens of " + tokenOwner + "; the person has to log in first."));
  }

  /** The provider takes the refresh token no more, or never gave one. */
  static NoTokenException loginRequired(TokenOwner tokenOwner) {
    return new NoTokenException(
        Problem.of(
            409,
            "login-required",
            tokenOwner.provider()
                + " gives no more tokens of "
                + tokenOwner
                + "; send the person through /api/auth/"
                + tokenOwner.provider().replaceAll("\\p{Cntrl}", "?")
                + "/login again."));
  }
}
