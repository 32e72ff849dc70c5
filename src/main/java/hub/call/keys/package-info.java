/** Fetches the public keys of senders of webhooks. */
package hub.call.keys;
