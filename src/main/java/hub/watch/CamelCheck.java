package hub.watch;

import java.util.Map;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Shows a check at {@code /observe/health}. Only one that decides over readiness is ever DOWN: a
 * load balancer that looks there must not take every node away because a provider is down, which
 * the words tell instead.
 */
final class CamelCheck extends AbstractHealthCheck {
  private final Check check;
  private final boolean decides;
  private final boolean vital;

  private CamelCheck(Check check, boolean decides, boolean vital) {
    super("hub", check.name());
    this.check = check;
    this.decides = decides;
    this.vital = vital;
  }

  /** Without it the hub takes no events, so it is not ready. */
  static CamelCheck decisive(Check check) {
    return new CamelCheck(check, true, false);
  }

  /** When it is down, only a restart helps: stands in {@code /observe/health/live}, too. */
  static CamelCheck vital(Check check) {
    return new CamelCheck(check, true, true);
  }

  /** Stands in {@code /observe/health} alone. */
  static CamelCheck informative(Check check) {
    return new CamelCheck(check, false, false);
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
    Finding finding = check.look().look();
    builder.detail("state", finding.state().text());
    builder.message(finding.state().text() + ": " + finding.detail());
    if (decides && finding.state() == Finding.State.DOWN) {
      builder.down();
    } else {
      builder.up();
    }
  }
}
