/**
 * Numbers for charts and gauges: events and calls a minute, and how many events are in each state.
 */
package hub.monitoring.stats;
