package hub.webhook;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import java.util.Set;
import org.apache.camel.Exchange;

/**
 * Answers requests that were rejected, as the hub does or as their sender asks for.
 *
 * @param answer of the scheme for requests without their proof
 */
record Refusal(String source, WebhookScheme.Answer answer, WebhookMetrics metrics) {
  private static final int RETRY_NOT_CONFIGURED_SECONDS = 300;
  private static final int RETRY_KEYS_SECONDS = 10;

  /** Reasons that mean: not the sender's. */
  private static final Set<RejectionReason> PROOFS =
      Set.of(
          RejectionReason.SIGNATURE_MISSING,
          RejectionReason.SIGNATURE_MALFORMED,
          RejectionReason.SIGNATURE_MISMATCH,
          RejectionReason.TIMESTAMP_TOO_OLD,
          RejectionReason.TIMESTAMP_IN_FUTURE);

  /**
   * @throws ProblemException unless the sender asks for a body of its own
   */
  void give(Exchange exchange, WebhookRejectedException rejected) {
    boolean own = answer.status() > 0 && PROOFS.contains(rejected.reason());
    if (!own || answer.contentType().isEmpty()) {
      throw new ProblemException(problem(rejected, own));
    }
    metrics.count(source, rejected.reason().code());
    Answering.stop(exchange, answer.status(), answer.contentType(), answer.body());
  }

  private Problem problem(WebhookRejectedException rejected, boolean own) {
    RejectionReason reason = rejected.reason();
    Problem problem =
        Problem.of(
            own ? answer.status() : reason.status(),
            reason.code(),
            rejected.detail() + ". " + reason.remedy());
    return switch (reason) {
      case RATE_LIMITED -> problem.retryAfter(1);
      case NOT_CONFIGURED -> problem.retryAfter(RETRY_NOT_CONFIGURED_SECONDS);
      case KEYS_UNAVAILABLE -> problem.retryAfter(RETRY_KEYS_SECONDS);
      default -> problem;
    };
  }
}
