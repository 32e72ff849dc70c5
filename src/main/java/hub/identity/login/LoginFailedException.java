package hub.identity.login;

import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Duration;
import java.util.Set;

/** A login failed; the problem is the answer to the person's browser. */
final class LoginFailedException extends ProblemException {
  private static final long serialVersionUID = 1L;

  /** The error code of the standard, and GitHub's. */
  private static final Set<String> WRONG_CREDENTIALS =
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
   * @param what the rest of a sentence that starts with the provider's title; without secrets
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
    LoginFailedException failure = exchange(provider, what, failed);
    return callFailure
        .retryAfter()
        .map(wait -> new LoginFailedException(failure.problem().retryAfter(seconds(wait)), failed))
        .orElse(failure);
  }

  private static String refusal(CallFailure callFailure) {
    if (WRONG_CREDENTIALS.contains(callFailure.code())) {
      return callFailure.code()
          + ". Check the client's credentials in routes/login/providers.yaml, and the variables that"
          + " they name";
    }
    return callFailure.code().isEmpty() ? callFailure.message() : callFailure.code();
  }

  /** The message if it is plain text: messages of connection errors may quote received bytes. */
  static String shown(String message, String otherwise) {
    return message.matches("[A-Za-z0-9 ,.:'()_-]{1,160}") ? message : otherwise;
  }

  private static int seconds(Duration wait) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, wait.toSeconds()));
  }
}
