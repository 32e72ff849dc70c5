/** Health checks, gauges, charts and alerts for operators and monitoring systems. */
package hub.monitoring;
