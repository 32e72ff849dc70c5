package hub.tokens;

import hub.problem.Problem;
import hub.problem.ProblemException;

/** There is no token to give, and asking the provider again would not bring one. */
final class NoToken extends ProblemException {
  private static final long serialVersionUID = 1L;

  private NoToken(Problem problem) {
    super(problem);
  }

  /** Nobody of this id has logged in, or the account has been forgotten. */
  static NoToken unknown(Person person) {
    return new NoToken(
        Problem.of(
            404,
            "person-unknown",
            "There are no tokens of " + person + "; the person has to log in first."));
  }

  /** The provider takes the refresh token no more, or never gave one. */
  static NoToken loginRequired(Person person) {
    return new NoToken(
        Problem.of(
            409,
            "login-required",
            person.provider()
                + " gives no more tokens of "
                + person
                + "; send the person through /api/auth/"
                + person.provider().replaceAll("\\p{Cntrl}", "?")
                + "/login again."));
  }
}
