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
 * The result of every check and since when the state has been the same. It remembers only the last
 * state that it saw, so {@link #json} has to be called regularly. Thread-safe.
 */
public final class HealthBoard {
  private record LastState(CheckResult.State state, Instant since) {}

  private final HealthChecks healthChecks;
  private final Clock clock;
  private final Map<String, LastState> lastStates = new ConcurrentHashMap<>();

  public HealthBoard(HealthChecks healthChecks, Clock clock) {
    this.healthChecks = healthChecks;
    this.clock = clock;
  }

  /** Runs every check; the answer of {@code GET /api/admin/health}. */
  public ObjectNode json() {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("checks");
    Stream.concat(healthChecks.ofTheHub().stream(), healthChecks.ofProviders().stream())
        .forEach(healthCheck -> list.add(entry(healthCheck)));
    return answer;
  }

  private ObjectNode entry(HealthCheck healthCheck) {
    CheckResult checkResult = healthCheck.probe().run();
    LastState now =
        lastStates.compute(
            healthCheck.name(),
            (name, last) ->
                last != null && last.state() == checkResult.state()
                    ? last
                    : new LastState(checkResult.state(), clock.instant()));
    return Json.object()
        .put("name", healthCheck.name())
        .put("state", checkResult.state().text())
        .put("detail", checkResult.detail())
        .put("since", Json.time(now.since()));
  }
}
