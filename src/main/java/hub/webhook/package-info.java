/**
 * Receives webhooks: verifies them, reads id, type and ordering key, and acknowledges them when
 * they are stored.
 */
package hub.webhook;
