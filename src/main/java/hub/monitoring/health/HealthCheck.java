package hub.monitoring.health;

/**
 * A cheap check of one part of the hub: it uses known state or one small query.
 *
 * @param name in kebab case; {@code provider:stripe} for one of many
 */
public record HealthCheck(String name, Probe probe) {
  /** Never throws; a failure is the state {@code DOWN}. */
  @FunctionalInterface
  interface Probe {
    CheckResult run();
  }
}
