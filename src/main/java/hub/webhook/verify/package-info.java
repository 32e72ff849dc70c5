/**
 * Verifies the raw bytes of webhook requests. Each sender is a {@link
 * hub.webhook.verify.WebhookScheme}, read from a file {@code NAME.scheme.yaml}. {@link
 * hub.webhook.verify.Schemes#of} turns a source's parameters into a {@link
 * hub.webhook.verify.SignatureVerifier}; every rejection is a {@link
 * hub.webhook.verify.WebhookRejectedException} with a {@link hub.webhook.verify.RejectionReason}.
 * Depends on the JDK and {@link hub.util.Sha256} only: no Camel, no database, no JSON.
 */
package hub.webhook.verify;
