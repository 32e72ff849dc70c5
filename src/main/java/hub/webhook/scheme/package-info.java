/** Reads the files that describe senders: shipped ones, and those of {@code routes/schemes}. */
package hub.webhook.scheme;
