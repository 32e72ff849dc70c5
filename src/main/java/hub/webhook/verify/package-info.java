/**
 * Decides whether the raw bytes of a webhook request are to be believed. {@link
 * hub.webhook.verify.Schemes#of} turns a source's parameters into a {@link
 * hub.webhook.verify.SignatureScheme}; every refusal is a {@link
 * hub.webhook.verify.WebhookRejectedException} with a {@link hub.webhook.verify.RejectionReason}.
 * Depends on the JDK alone: no Camel, no database, no JSON.
 */
package hub.webhook.verify;
