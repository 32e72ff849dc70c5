package hub.call.policy;

/**
 * The statistics of a provider's calls in one minute.
 *
 * @param calls attempts, without those that an open circuit breaker or a full queue stopped
 * @param errors attempts that failed
 * @param millis their latencies, as {@link hub.util.LatencyHistogram#text} writes them
 */
public record CallMinute(long calls, long errors, String millis) {}
