package hub.inbox.db;

import java.time.Duration;

/**
 * A handler's claim of due deliveries.
 *
 * @param ordered claim from lanes: of each the oldest unfinished events, and none while another
 *     claim holds the lane
 * @param depth how many events of a lane, at most
 * @param limit how many, at most
 * @param bytes of payloads and headers, at most
 * @param oneAlways claim one event whatever its size
 * @param starting how many of them the handler starts at once, the oldest first; of a lane only the
 *     first
 * @param takeOver also claim deliveries whose lease expired before their handler started
 */
public record ClaimQuery(
    String route,
    boolean ordered,
    int depth,
    int limit,
    long bytes,
    boolean oneAlways,
    int starting,
    boolean takeOver,
    Duration lease) {}
