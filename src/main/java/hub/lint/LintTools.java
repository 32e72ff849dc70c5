package hub.lint;

import hub.config.Settings;
import hub.webhook.verify.KeyAddress;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.VerificationKey;
import hub.webhook.verify.WebhookRejectedException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets a source be compiled without a request.
 *
 * @param optional whether the source may go without its variables
 */
record LintTools(Settings settings, boolean optional) implements SchemeTools {
  @Override
  public Clock clock() {
    return Clock.systemUTC();
  }

  @Override
  public Optional<String> variable(String name) {
    Optional<String> value;
    try {
      value = settings.named(name);
    } catch (RuntimeException e) {
      value = Optional.empty(); // its own placeholder is not set
    }
    return value.isEmpty() && optional ? Optional.of("not set") : value;
  }

  @Override
  public Optional<Map<String, List<String>>> members(byte[] json) {
    return Optional.empty();
  }

  @Override
  public List<VerificationKey> keys(KeyAddress address, boolean again)
      throws WebhookRejectedException {
    throw new WebhookRejectedException(
        RejectionReason.KEYS_UNAVAILABLE, "the lint fetches nothing");
  }
}
