/**
 * The policy of outgoing calls. Every call to a third party waits for a permit, passes its
 * provider's circuit breaker, is classified, timed and logged, and is retried where that helps.
 * Routes use it through the Kamelets {@code provider-call-action} and {@code http-api-action}.
 */
package hub.call.policy;
