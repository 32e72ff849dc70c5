/** Health checks: what each finds, and whether the hub is ready. */
package hub.monitoring.health;
