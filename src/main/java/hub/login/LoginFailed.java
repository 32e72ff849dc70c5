package hub.login;

import hub.outbound.CallFailed;
import hub.outbound.Failure;
import hub.problem.Problem;
import hub.problem.ProblemException;
import java.time.Duration;

/** Why a login did not come to its end; the answer that the person's browser gets. */
final class LoginFailed extends ProblemException {
  private static final long serialVersionUID = 1L;

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
          case REJECTED, RATE_LIMITED ->
              "refused: " + (failure.code().isEmpty() ? failure.message() : failure.code());
          case TIMEOUT -> "took too long";
          default -> "cannot serve: " + shown(failure.message(), "its answer cannot be read");
        };
    LoginFailed told = exchange(provider, what, failed);
    return failure
        .retryAfter()
        .map(wait -> new LoginFailed(told.problem().retryAfter(seconds(wait)), failed))
        .orElse(told);
  }

  /** Only what is plain words: what broke a connection may be quoted in the message. */
  static String shown(String message, String otherwise) {
    return message.matches("[A-Za-z0-9 ,.:'()_-]{1,160}") ? message : otherwise;
  }

  private static int seconds(Duration wait) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, wait.toSeconds()));
  }
}
