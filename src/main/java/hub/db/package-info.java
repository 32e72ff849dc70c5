/**
 * The event store's connections and schema: opens it, migrates it, and knows whether it takes a
 * write.
 */
package hub.db;
