package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.monitoring.stats.RecentFetches;
import hub.poll.FetchState;
import hub.util.Json;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;

/** {@code /api/admin/polls}: how polls and catch-ups fare. */
final class PollsApi extends JsonRoutes {
  private final RecentFetches fetches;
  private final Clock clock;

  PollsApi(RecentFetches fetches, Clock clock) {
    this.fetches = fetches;
    this.clock = clock;
  }

  @Override
  public void configure() {
    get(
        "/polls",
        "admin-list-polls",
        "Shows how each poll and catch-up fares, with its last error and when it runs next.",
        exchange -> {
          noParameters(exchange);
          return answer();
        });
  }

  private ObjectNode answer() throws SQLException {
    ObjectNode answer = Json.object();
    var list = answer.putArray("polls");
    Instant now = clock.instant();
    fetches.now().forEach(one -> list.add(entry(one, now)));
    return answer;
  }

  private static ObjectNode entry(FetchState one, Instant now) {
    return Json.object()
        .put("kind", one.kind())
        .put("source", one.source())
        .put("status", status(one, now))
        .put("running", one.isRunning())
        .put("failures", one.failures())
        .put("failingSince", one.failingSince().map(Json::time).orElse(null))
        .put("lastError", one.lastError().orElse(null))
        .put("nextRunAt", Json.time(one.nextRunAt()));
  }

  private static String status(FetchState one, Instant now) {
    if (!one.isLive(now)) {
      return "stopped";
    }
    return one.failures() > 0 ? "failing" : "up";
  }
}
