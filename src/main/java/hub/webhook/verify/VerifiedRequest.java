package hub.webhook.verify;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a request that was believed.
 *
 * @param secretId short hash of the secret that matched ({@link WebhookSecrets#fingerprint}), to
 *     see when a rotated one falls out of use; empty for scheme {@code none}
 * @param timestamp when it was signed, to the second; empty for schemes that sign no time
 * @param id the message id that was part of what was signed; empty for schemes that sign none
 */
public record VerifiedRequest(String secretId, Optional<Instant> timestamp, Optional<String> id) {}
