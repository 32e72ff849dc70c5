/**
 * Takes a webhook in: has it verified, reads its id, type and ordering key, and acknowledges it
 * when it is stored.
 */
package hub.webhook;
