/**
 * The one way out: every call to a third party takes its turn, passes its provider's circuit
 * breaker, is judged, timed and logged, and is tried again where that helps. Routes reach it
 * through the Kamelets {@code provider-call-action} and {@code http-api-action}.
 */
package hub.call.policy;
