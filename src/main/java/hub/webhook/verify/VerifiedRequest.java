package hub.webhook.verify;

import java.time.Instant;
import java.util.Optional;

/**
 * The result of a successful verification.
 *
 * @param secretId short hash of the secret that matched ({@link WebhookSecrets#fingerprint}), to
 *     see when a rotated one is no longer used; empty for scheme {@code none}
 * @param timestamp when it was signed, to the second; empty for schemes that sign no time
 */
public record VerifiedRequest(String secretId, Optional<Instant> timestamp) {}
