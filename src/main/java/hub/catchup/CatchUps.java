package hub.catchup;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.catchup.Undelivered.Window;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Json;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The catch-ups of this node; starts and shows runs for operators. Thread-safe. */
public final class CatchUps {
  /** Name in the registry. */
  public static final String BEAN = "catchUps";

  private static final Logger LOG = LoggerFactory.getLogger("hub.catchup");

  private final CatchUpTable table;
  private final Clock clock;
  private final List<CatchUp> all = new CopyOnWriteArrayList<>();

  public CatchUps(CatchUpTable table, Clock clock) {
    this.table = table;
    this.clock = clock;
  }

  CatchUpTable table() {
    return table;
  }

  void add(CatchUp one) {
    all.add(one);
  }

  void remove(CatchUp one) {
    all.remove(one);
  }

  /**
   * Starts a run of all routes that catch up a source.
   *
   * @param since empty: as far back as the routes look
   * @param by the operator
   * @return its id and what it will do
   * @throws ProblemException 404 {@code source-unknown}, 503 {@code not-configured}
   */
  public ObjectNode start(String source, Optional<Instant> since, boolean dryRun, String by)
      throws SQLException {
    List<CatchUp> routes = all.stream().filter(one -> one.source().equals(source)).toList();
    if (routes.isEmpty()) {
      throw new ProblemException(Problem.of(404, "source-unknown", unknown(source)));
    }
    TreeSet<String> missing =
        routes.stream()
            .flatMap(one -> one.missing().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!missing.isEmpty()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              "The catch-up of '"
                  + source
                  + "' is not configured: set "
                  + String.join(", ", missing)
                  + "."));
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant asked =
        since.orElseGet(
            () ->
                now.minus(
                    routes.stream()
                        .map(CatchUp::lookback)
                        .max(java.util.Comparator.naturalOrder())
                        .orElseThrow()));
    String note =
        routes.stream()
            .map(one -> one.note(asked, now))
            .filter(text -> !text.isEmpty())
            .distinct()
            .collect(Collectors.joining(" "));
    UUID id = UUID.randomUUID();
    table.begin(id, source, "waiting", dryRun, new Window(asked, now), note, by);
    LOG.info("catch-up={} source={} since={} dryRun={} operator={}", id, source, asked, dryRun, by);
    CatchUpOrder order = new CatchUpOrder(id, asked, dryRun, by, new AtomicInteger(routes.size()));
    routes.forEach(one -> one.take(order));
    return show(id).orElseThrow();
  }

  private String unknown(String source) {
    String known =
        all.stream().map(CatchUp::source).distinct().sorted().collect(Collectors.joining(", "));
    return "No route catches up the source '"
        + source
        + "'. "
        + (known.isEmpty() ? "" : "There is: " + known + ". ")
        + "Add a route from kamelet:catch-up-source with this source.";
  }

  /** A run of the last week; empty when there is none of this id. */
  public Optional<ObjectNode> show(UUID id) throws SQLException {
    return table.show(id).map(row -> json(id, row));
  }

  private static ObjectNode json(UUID id, CatchUpTable.Row row) {
    boolean over = !row.state().equals("waiting") && !row.state().equals("running");
    return Json.object()
        .put("id", id.toString())
        .put("source", row.source())
        .put("by", row.by())
        .put("since", Json.time(row.window().since()))
        .put("until", Json.time(row.window().until()))
        .put("dryRun", row.dryRun())
        .put("startedAt", Json.time(row.startedAt()))
        .put("endedAt", over ? Json.time(row.movedAt()) : null)
        .put("state", row.state())
        .put("found", row.found())
        .put("missing", row.missing())
        .put("appended", row.appended())
        .put("error", row.error().orElse(null))
        .put("note", row.note().orElse(null));
  }
}
