/**
 * Lets a step that is not idempotent, such as an e-mail, happen once: the repository behind the
 * {@code idempotentConsumer} EIP, in the hub's own store.
 */
package hub.inbox.idempotency;
