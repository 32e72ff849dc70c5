package hub.inbox.engine;

/**
 * What the inbox of this process did in one minute.
 *
 * @param received events stored, without duplicates
 * @param done attempts that finished an event for their handler
 * @param dead attempts that made an event dead
 * @param failedAttempts attempts that failed, the last one of a dead event included
 * @param handleMillis how long attempts took, as {@link hub.util.LatencyHistogram#text} writes it
 */
public record InboxMinute(
    long received, long done, long dead, long failedAttempts, String handleMillis) {}
