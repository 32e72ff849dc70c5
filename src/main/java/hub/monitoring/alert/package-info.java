/** Alerts: what routes watch for, how it is measured, and who is told. */
package hub.monitoring.alert;
