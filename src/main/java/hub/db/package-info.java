/**
 * The event store's connections and schema: opens the store, migrates it, and checks whether it
 * takes a write.
 */
package hub.db;
