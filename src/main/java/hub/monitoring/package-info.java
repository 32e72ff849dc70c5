/** How an operator and a monitor see whether all is well: health, gauges, figures, alerts. */
package hub.monitoring;
