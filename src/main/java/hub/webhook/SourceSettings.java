package hub.webhook;

import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.WebhookScheme;
import java.util.List;
import java.util.Optional;

/**
 * What a source's requests are verified with.
 *
 * @param source name in the path and in the inbox
 * @param variable name of the property or variable with the secrets
 * @param scheme with the route's parameters
 * @param secrets may be empty, where the scheme needs none or the source may go without
 * @param verifier empty when the source is not configured
 * @param publicUrl of the hub, without a slash at the end
 * @param ratePerSecond most verified requests a second; 0: no limit
 */
record SourceSettings(
    String source,
    String variable,
    WebhookScheme scheme,
    List<String> secrets,
    Optional<SignatureVerifier> verifier,
    SchemeTools tools,
    String publicUrl,
    int ratePerSecond) {}
