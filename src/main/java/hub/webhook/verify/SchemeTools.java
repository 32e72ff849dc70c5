package hub.webhook.verify;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What verifiers need of the hub besides the request. */
public interface SchemeTools {
  /** What signed times are compared with. */
  Clock clock();

  /** The value of a property or variable; empty when it is not set. */
  Optional<String> variable(String name);

  /**
   * The members of a JSON object, each with its text, or with the texts of its list; empty when the
   * bytes are no JSON object.
   */
  Optional<Map<String, List<String>>> members(byte[] json);

  /**
   * The keys at an address, from the cache where they are fresh.
   *
   * @param again whether the cached ones have confirmed nothing, because they may have been rotated
   * @throws WebhookRejectedException {@link RejectionReason#KEYS_UNAVAILABLE} when they cannot be
   *     fetched
   */
  List<VerificationKey> keys(KeyAddress address, boolean again) throws WebhookRejectedException;

  /** A key of this address has confirmed a request, so that it is the sender's. */
  default void confirmed(KeyAddress address) {}

  /** Of schemes that read no JSON and fetch no keys, and name no variables. */
  static SchemeTools of(Clock clock) {
    return new SchemeTools() {
      @Override
      public Clock clock() {
        return clock;
      }

      @Override
      public Optional<String> variable(String name) {
        return Optional.empty();
      }

      @Override
      public Optional<Map<String, List<String>>> members(byte[] json) {
        return Optional.empty();
      }

      @Override
      public List<VerificationKey> keys(KeyAddress address, boolean again)
          throws WebhookRejectedException {
        throw new WebhookRejectedException(
            RejectionReason.KEYS_UNAVAILABLE, "no keys are fetched here");
      }
    };
  }
}
