package hub.monitoring.health;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Publishes a check at {@code /observe/health}. Only readiness and liveness checks are ever DOWN
 * there: a load balancer must not remove every node because a provider is down. An informational
 * check that finds something wrong is UP with a warning.
 */
public final class CamelHealthCheck extends AbstractHealthCheck {
  private final HealthCheck healthCheck;
  private final boolean readiness;
  private final boolean liveness;

  private CamelHealthCheck(HealthCheck healthCheck, boolean readiness, boolean liveness) {
    super("hub", healthCheck.name());
    this.healthCheck = healthCheck;
    this.readiness = readiness;
    this.liveness = liveness;
  }

  /** While it is down the hub takes no events: it is not ready. */
  public static CamelHealthCheck readiness(HealthCheck healthCheck) {
    return new CamelHealthCheck(healthCheck, true, false);
  }

  /** When it is down only a restart helps; also part of {@code /observe/health/live}. */
  public static CamelHealthCheck liveness(HealthCheck healthCheck) {
    return new CamelHealthCheck(healthCheck, true, true);
  }

  /** Part of {@code /observe/health} only, and always UP. */
  public static CamelHealthCheck informational(HealthCheck healthCheck) {
    return new CamelHealthCheck(healthCheck, false, false);
  }

  @Override
  public boolean isLiveness() {
    return liveness;
  }

  @Override
  public boolean isReadiness() {
    return readiness;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    CheckResult checkResult = healthCheck.probe().run();
    boolean isDown = readiness && checkResult.state() == CheckResult.State.DOWN;
    builder.detail("state", checkResult.state().text());
    builder.message(word(checkResult.state(), isDown) + ": " + checkResult.detail());
    builder.state(isDown ? State.DOWN : State.UP);
  }

  /** Never "down" where the status is UP. */
  private static String word(CheckResult.State state, boolean isDown) {
    return isDown || state == CheckResult.State.UP ? state.text() : "warning";
  }
}
