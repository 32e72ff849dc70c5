/**
 * Numbers for charts and gauges: events and calls per minute, and the number of events in each
 * state.
 */
package hub.monitoring.stats;
