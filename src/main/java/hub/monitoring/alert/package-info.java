/** Alerts: rules that routes define, their measurements, their state and their messages. */
package hub.monitoring.alert;
