package hub.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What became of many requests.
 *
 * @param planned how many were to be sent
 * @param took from the first request to the last answer
 * @param statuses number of answers by status; a failure without an answer by its name
 * @param millis of each answer, sorted
 */
record SendSummary(
    int planned, Duration took, SortedMap<String, Integer> statuses, List<Double> millis) {
  private static final double HALF = 0.5;
  private static final double NEARLY_ALL = 0.99;

  int sent() {
    return statuses.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Whether all were sent and each answered 2xx. */
  boolean allAccepted() {
    return sent() == planned && statuses.keySet().stream().allMatch(name -> name.startsWith("2"));
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    double seconds = took.toMillis() / 1000.0;
    lines.add("sent %d of %d in %.1f s".formatted(sent(), planned, seconds));
    for (Map.Entry<String, Integer> status : statuses.entrySet()) {
      lines.add("  %-12s %d".formatted(status.getKey(), status.getValue()));
    }
    if (!millis.isEmpty()) {
      lines.add(
          "latency p50 %.1f ms, p99 %.1f ms, max %.1f ms"
              .formatted(quantile(HALF), quantile(NEARLY_ALL), quantile(1)));
    }
    if (millis.isEmpty() && sent() > 0) {
      lines.add(
          "Nobody answered: start the hub, or name the one that runs with --url, HUB_URL or PORT.");
    }
    return lines;
  }

  ObjectNode json() {
    ObjectNode json =
        Json.object()
            .put("planned", planned)
            .put("sent", sent())
            .put("seconds", took.toMillis() / 1000.0);
    ObjectNode counts = json.putObject("statuses");
    statuses.forEach(counts::put);
    if (!millis.isEmpty()) {
      json.put("p50Ms", quantile(HALF))
          .put("p99Ms", quantile(NEARLY_ALL))
          .put("maxMs", quantile(1));
    }
    return json;
  }

  /** The smallest time within which this share was answered. */
  private double quantile(double share) {
    return millis.get(Math.max(0, (int) Math.ceil(share * millis.size()) - 1));
  }
}
