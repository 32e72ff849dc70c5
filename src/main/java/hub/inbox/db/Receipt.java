package hub.inbox.db;

import java.util.UUID;

/**
 * What became of an append, after its commit.
 *
 * @param id the event's, or the first one's for a duplicate
 */
public record Receipt(UUID id, boolean duplicate) {}
