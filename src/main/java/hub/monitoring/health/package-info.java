/** Health checks, readiness and liveness. */
package hub.monitoring.health;
