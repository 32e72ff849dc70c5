package hub.monitoring.health;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Shows a check at {@code /observe/health}. Only one that decides over readiness is ever DOWN: a
 * load balancer that looks there must not take every node away because a provider is down, which
 * the words tell instead.
 */
public final class CamelHealthCheck extends AbstractHealthCheck {
  private final HealthCheck healthCheck;
  private final boolean decides;
  private final boolean vital;

  private CamelHealthCheck(HealthCheck healthCheck, boolean decides, boolean vital) {
    super("hub", healthCheck.name());
    this.healthCheck = healthCheck;
    this.decides = decides;
    this.vital = vital;
  }

  /** Without it the hub takes no events, so it is not ready. */
  public static CamelHealthCheck decisive(HealthCheck healthCheck) {
    return new CamelHealthCheck(healthCheck, true, false);
  }

  /** When it is down, only a restart helps: stands in {@code /observe/health/live}, too. */
  public static CamelHealthCheck vital(HealthCheck healthCheck) {
    return new CamelHealthCheck(healthCheck, true, true);
  }

  /** Stands in {@code /observe/health} alone. */
  public static CamelHealthCheck informative(HealthCheck healthCheck) {
    return new CamelHealthCheck(healthCheck, false, false);
  }

  @Override
  public boolean isLiveness() {
    return vital;
  }

  @Override
  public boolean isReadiness() {
    return decides;
  }

  @Override
  protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
    CheckResult checkResult = healthCheck.look().look();
    builder.detail("state", checkResult.state().text());
    builder.message(checkResult.state().text() + ": " + checkResult.detail());
    if (decides && checkResult.state() == CheckResult.State.DOWN) {
      builder.down();
    } else {
      builder.up();
    }
  }
}
