/**
 * Lets a step that has no guard of its own (an e-mail, a message to people) happen once: the
 * repository behind the {@code idempotentConsumer} EIP, kept in the hub's own store.
 */
package hub.inbox.idempotency;
