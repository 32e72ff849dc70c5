/**
 * The Camel component {@code inbox:}: {@code to: inbox:shop} stores an event, {@code from:
 * inbox:shop} handles it.
 */
package hub.inbox.camel;
