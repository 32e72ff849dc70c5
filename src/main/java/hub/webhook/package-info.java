/**
 * Decides whether the raw bytes of a webhook request are to be believed. {@link
 * hub.webhook.Schemes#of} turns a source's parameters into a {@link hub.webhook.SignatureScheme};
 * every refusal is a {@link hub.webhook.Rejected} with a {@link hub.webhook.Reason}. Depends on the
 * JDK alone: no Camel, no database, no JSON.
 */
package hub.webhook;
