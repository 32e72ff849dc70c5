package hub.identity.login;

import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Duration;
import java.util.Set;

/** Why a login did not come to its end; the answer that the person's browser gets. */
final class LoginFailedException extends ProblemException {
  private static final long serialVersionUID = 1L;

  /** The standard's word, and GitHub's. */
  private static final Set<String> CREDENTIALS_ARE_WRONG =
      Set.of("invalid_client", "incorrect_client_credentials");

  private LoginFailedException(Problem problem, Throwable cause) {
    super(problem, cause);
  }

  static LoginFailedException stateMismatch() {
    return new LoginFailedException(
        Problem.of(
            400,
            "state-mismatch",
            "This login was not begun in this browser, is older than ten minutes, or is done"
                + " already; begin again."),
        null);
  }

  static LoginFailedException accessDenied(LoginProvider provider) {
    return new LoginFailedException(
        Problem.of(
            400, "access-denied", "Access was denied at " + provider.title() + "; begin again."),
        null);
  }

  /**
   * @param what the rest of a sentence that begins with the provider; without secrets
   */
  static LoginFailedException exchange(LoginProvider provider, String what, Throwable cause) {
    return new LoginFailedException(
        Problem.of(502, "token-exchange-failed", provider.title() + " " + what + "; begin again."),
        cause);
  }

  static LoginFailedException exchange(LoginProvider provider, CallFailedException failed) {
    CallFailure callFailure = failed.failure();
    String what =
        switch (callFailure.outcome()) {
          case REJECTED, RATE_LIMITED -> "refused: " + refusal(callFailure);
          case TIMEOUT -> "took too long";
          default -> "cannot serve: " + shown(callFailure.message(), "its answer cannot be read");
        };
    LoginFailedException told = exchange(provider, what, failed);
    return callFailure
        .retryAfter()
        .map(wait -> new LoginFailedException(told.problem().retryAfter(seconds(wait)), failed))
        .orElse(told);
  }

  private static String refusal(CallFailure callFailure) {
    if (CREDENTIALS_ARE_WRONG.contains(callFailure.code())) {
      return callFailure.code()
          + ". Check the client's credentials in routes/login/providers.yaml, and the variables that"
          + " they name";
    }
    return callFailure.code().isEmpty() ? callFailure.message() : callFailure.code();
  }

  /** Only what is plain words: what broke a connection may be quoted in the message. */
  static String shown(String message, String otherwise) {
    return message.matches("[A-Za-z0-9 ,.:'()_-]{1,160}") ? message : otherwise;
  }

  private static int seconds(Duration wait) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, wait.toSeconds()));
  }
}
