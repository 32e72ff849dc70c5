/**
 * Verifies the raw bytes of webhook requests. Each sender is declared as a {@link
 * hub.webhook.verify.WebhookScheme} in a class of its own. {@link hub.webhook.verify.Schemes#of}
 * turns a source's parameters into a {@link hub.webhook.verify.SignatureVerifier}; every rejection
 * is a {@link hub.webhook.verify.WebhookRejectedException} with a {@link
 * hub.webhook.verify.RejectionReason}. Depends on the JDK and {@link hub.util.Sha256} only: no
 * Camel, no database, no JSON.
 */
package hub.webhook.verify;
