package hub.call.policy;

/**
 * What became of a provider's calls in one minute.
 *
 * @param calls attempts that reached for the provider
 * @param errors those that failed
 * @param millis how long they took, as {@link hub.util.LatencyHistogram#text} writes it
 */
public record CallMinute(long calls, long errors, String millis) {}
