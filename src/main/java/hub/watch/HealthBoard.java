package hub.watch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.json.Json;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What every check finds, and since when it has found that. It remembers what it saw last, so
 * somebody has to look now and then. Thread-safe.
 */
final class HealthBoard {
  private record Seen(Finding.State state, Instant since) {}

  private final Checks checks;
  private final Clock clock;
  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  HealthBoard(Checks checks, Clock clock) {
    this.checks = checks;
    this.clock = clock;
  }

  /** Looks at everything. */
  ObjectNode json() {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("checks");
    Stream.concat(checks.ofTheHub().stream(), checks.ofProviders().stream())
        .forEach(check -> list.add(entry(check)));
    return answer;
  }

  private ObjectNode entry(Check check) {
    Finding finding = check.look().look();
    Seen now =
        seen.compute(
            check.name(),
            (name, last) ->
                last != null && last.state() == finding.state()
                    ? last
                    : new Seen(finding.state(), clock.instant()));
    return Json.object()
        .put("name", check.name())
        .put("state", finding.state().text())
        .put("detail", finding.detail())
        .put("since", Json.time(now.since()));
  }
}
