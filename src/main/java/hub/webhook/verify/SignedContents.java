package hub.webhook.verify;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What a signature covers, by the first content whose condition holds. Thread-safe. */
final class SignedContents {
  /** One content, compiled. */
  record Choice(Condition when, Template template, Optional<BodyDigest> digest) {}

  private final List<Choice> choices;

  private SignedContents(List<Choice> choices) {
    this.choices = choices;
  }

  /**
   * @throws IllegalArgumentException when one cannot be read
   */
  static SignedContents of(WebhookScheme scheme, Function<String, Optional<String>> variables) {
    return new SignedContents(
        scheme.signed().contents().stream()
            .map(
                content ->
                    new Choice(
                        Condition.of(content.when()),
                        Template.of(content.template(), variables),
                        BodyDigest.of(content.digest())))
            .toList());
  }

  /**
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MALFORMED} when none holds
   */
  Choice choose(SignedRequest request) throws WebhookRejectedException {
    for (Choice choice : choices) {
      if (choice.when.holds(request)) {
        return choice;
      }
    }
    throw new WebhookRejectedException(
        RejectionReason.SIGNATURE_MALFORMED, "the request is of no form that this sender signs");
  }
}
