package hub.monitoring.health;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What every check finds, and since when it has found that. It remembers what it saw last, so
 * somebody has to look now and then. Thread-safe.
 */
public final class HealthBoard {
  private record Seen(CheckResult.State state, Instant since) {}

  private final HealthChecks healthChecks;
  private final Clock clock;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  public HealthBoard(HealthChecks healthChecks, Clock clock) {
    this.healthChecks = healthChecks;
    this.clock = clock;
  }

  /** Looks at everything. */
  public ObjectNode json() {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("checks");
    Stream.concat(healthChecks.ofTheHub().stream(), healthChecks.ofProviders().stream())
        .forEach(healthCheck -> list.add(entry(healthCheck)));
    return answer;
  }

  private ObjectNode entry(HealthCheck healthCheck) {
    CheckResult checkResult = healthCheck.look().look();
    Seen now =
        seen.compute(
            healthCheck.name(),
            (name, last) ->
                last != null && last.state() == checkResult.state()
                    ? last
                    : new Seen(checkResult.state(), clock.instant()));
    return Json.object()
        .put("name", healthCheck.name())
        .put("state", checkResult.state().text())
        .put("detail", checkResult.detail())
        .put("since", Json.time(now.since()));
  }
}
