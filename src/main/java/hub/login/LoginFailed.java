package hub.login;

import hub.outbound.CallFailed;
import hub.outbound.Failure;
import hub.problem.Problem;
import hub.problem.ProblemException;
import java.time.Duration;
import java.util.Set;

/** Why a login did not come to its end; the answer that the person's browser gets. */
final class LoginFailed extends ProblemException {
  private static final long serialVersionUID = 1L;

  /** The standard's word, and GitHub's. */
  private static final Set<String> CREDENTIALS_ARE_WRONG =
      Set.of("invalid_client", "incorrect_client_credentials");

  private LoginFailed(Problem problem, Throwable cause) {
    super(problem, cause);
  }

  static LoginFailed stateMismatch() {
    return new LoginFailed(
        Problem.of(
            400,
            "state-mismatch",
            "This login was not begun in this browser, is older than ten minutes, or is done"
                + " already; begin again."),
        null);
  }

  static LoginFailed accessDenied(LoginProvider provider) {
    return new LoginFailed(
        Problem.of(
            400, "access-denied", "Access was denied at " + provider.title() + "; begin again."),
        null);
  }

  /**
   * @param what the rest of a sentence that begins with the provider; without secrets
   */
  static LoginFailed exchange(LoginProvider provider, String what, Throwable cause) {
    return new LoginFailed(
        Problem.of(502, "token-exchange-failed", provider.title() + " " + what + "; begin again."),
        cause);
  }

  static LoginFailed exchange(LoginProvider provider, CallFailed failed) {
    Failure failure = failed.failure();
    String what =
        switch (failure.verdict()) {
          case REJECTED, RATE_LIMITED -> "refused: " + refusal(failure);
          case TIMEOUT -> "took too long";
          default -> "cannot serve: " + shown(failure.message(), "its answer cannot be read");
        };
    LoginFailed told = exchange(provider, what, failed);
    return failure
        .retryAfter()
        .map(wait -> new LoginFailed(told.problem().retryAfter(seconds(wait)), failed))
        .orElse(told);
  }

  private static String refusal(Failure failure) {
    if (CREDENTIALS_ARE_WRONG.contains(failure.code())) {
      return failure.code()
          + ". Check the client's credentials in routes/login/providers.yaml, and the variables that"
          + " they name";
    }
    return failure.code().isEmpty() ? failure.message() : failure.code();
  }

  /** Only what is plain words: what broke a connection may be quoted in the message. */
  static String shown(String message, String otherwise) {
    return message.matches("[A-Za-z0-9 ,.:'()_-]{1,160}") ? message : otherwise;
  }

  private static int seconds(Duration wait) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, wait.toSeconds()));
  }
}
