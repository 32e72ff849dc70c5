package hub.inbox.engine;

/**
 * What the inbox of this process did in one minute.
 *
 * @param received events stored, duplicates aside
 * @param done attempts after which a handler was done with an event
 * @param dead attempts after which an event was given up
 * @param failedAttempts attempts that failed, the last one of a dead event included
 * @param handleMillis how long attempts took, as {@link hub.util.LatencyHistogram#text} writes it
 */
public record InboxMinute(
    long received, long done, long dead, long failedAttempts, String handleMillis) {}
