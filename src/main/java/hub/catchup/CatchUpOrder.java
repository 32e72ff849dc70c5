package hub.catchup;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A run that an operator asked for.
 *
 * @param parts routes of the source that have not finished it
 */
record CatchUpOrder(UUID id, Instant since, boolean dryRun, String by, AtomicInteger parts) {}
