package hub.monitoring.health;

/**
 * Looks at one part of the hub, cheaply: by what is known of it already, or by one small question.
 *
 * @param name in kebab case; {@code provider:stripe} for one of many
 */
public record HealthCheck(String name, Look look) {
  /** Never throws; finds {@code down} instead. */
  @FunctionalInterface
  interface Look {
    CheckResult look();
  }
}
