package hub.inbox.db;

import java.time.Duration;

/**
 * What a handler asks the store for.
 *
 * @param ordered take only the oldest unfinished event of each ordering key, and none while another
 *     of its key is being handled
 * @param limit events, at most
 * @param bytes of payloads and headers, at most
 * @param oneAlways one event is taken whatever its size
 * @param starting how many of them, the oldest first, a handler begins with at once
 * @param takeOver also what another process claimed, and had not begun with when its lease ran out
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
