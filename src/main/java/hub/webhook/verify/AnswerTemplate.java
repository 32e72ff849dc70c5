package hub.webhook.verify;

import java.util.Optional;
import java.util.function.UnaryOperator;

/** An answer that is filled from a request. Thread-safe. */
public final class AnswerTemplate {
  private final WebhookScheme.Answer answer;
  private final Template body;
  private final UnaryOperator<String> escape;

  /**
   * Compiles an answer.
   *
   * @throws IllegalArgumentException when a variable of it is not set
   */
  public AnswerTemplate(WebhookScheme.Answer answer, SchemeTools tools) {
    this.answer = answer;
    this.body = Template.of(answer.body(), tools::variable);
    this.escape = answer.contentType().contains("json") ? JsonText::escaped : text -> text;
  }

  /** Empty when one of its values is missing. */
  Optional<Response> complete(Scope scope) throws WebhookRejectedException {
    return body.isComplete(scope) ? Optional.of(fill(scope)) : Optional.empty();
  }

  /** The answer to a request; a missing value is empty. */
  public Response fill(Scope scope) throws WebhookRejectedException {
    return new Response(answer.status(), answer.contentType(), body.text(scope, escape));
  }
}
