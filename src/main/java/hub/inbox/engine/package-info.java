/**
 * The event's life: written in groups, claimed under leases, retried, replayed, deleted. Knows no
 * routes.
 */
package hub.inbox.engine;
