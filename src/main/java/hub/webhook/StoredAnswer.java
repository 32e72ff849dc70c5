package hub.webhook;

import hub.webhook.verify.AnswerTemplate;
import hub.webhook.verify.Response;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Scope;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import java.util.Map;
import java.util.Optional;

/**
 * What a scheme's sender wants to be answered when its event is stored. Thread-safe.
 *
 * @param template filled for each request
 */
record StoredAnswer(AnswerTemplate template) {
  /** Exchange property: {@link OfRequest}. */
  static final String PROPERTY = "HubStoredAnswer";

  /** The answer to one request. */
  record OfRequest(AnswerTemplate template, SignedRequest request) {

    /**
     * @param id the hub's id of the event, or of the first
     * @param status {@code accepted} or {@code duplicate}
     */
    Response fill(String id, String status) {
      try {
        return template.fill(
            Scope.of(request).with(Map.of("event.id", id, "event.status", status)));
      } catch (WebhookRejectedException e) {
        throw new IllegalStateException(e); // it was filled before
      }
    }
  }

  /** Empty when the sender takes any answer. */
  static Optional<StoredAnswer> of(WebhookScheme scheme, SchemeTools tools) {
    WebhookScheme.Answer answer = scheme.responses().stored();
    return answer.status() == 0
        ? Optional.empty()
        : Optional.of(new StoredAnswer(new AnswerTemplate(answer, tools)));
  }

  /**
   * @throws WebhookRejectedException when the request gives twice what the answer repeats
   */
  OfRequest of(SignedRequest request) throws WebhookRejectedException {
    Response unused = template.fill(Scope.of(request)); // what is stored must be answered
    return new OfRequest(template, request);
  }
}
