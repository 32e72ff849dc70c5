package hub.inbox.db;

import java.time.Duration;

/**
 * A handler's claim of due deliveries.
 *
 * @param ordered claim only the oldest unfinished event of each ordering key, and none while
 *     another event of the key is being handled
 * @param limit how many, at most
 * @param bytes of payloads and headers, at most
 * @param oneAlways claim one event whatever its size
 * @param starting how many of them the handler starts at once, the oldest first
 * @param takeOver also claim deliveries whose lease expired before their handler started
 */
public record ClaimQuery(
    String route,
    boolean ordered,
    int limit,
    long bytes,
    boolean oneAlways,
    int starting,
    boolean takeOver,
    Duration lease) {}
