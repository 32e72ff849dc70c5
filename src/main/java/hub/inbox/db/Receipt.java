package hub.inbox.db;

import java.util.UUID;

/**
 * The result of an append after its commit.
 *
 * @param id of the event; for a duplicate, of the event stored first
 */
public record Receipt(UUID id, boolean duplicate) {}
