package hub.lint;

import hub.lint.TestCase.Given;
import hub.lint.TestCase.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code given} of a test: what starts the route. */
final class GivenReader {
  static final Set<String> KEYS =
      Set.of(
          "event",
          "request",
          "schedule",
          "poll",
          "alert",
          "time",
          "advance",
          "sql",
          "file",
          "headers",
          "orderingKey",
          "variables");

  static final Set<String> EVENT_KEYS =
      Set.of("source", "type", "payload", "file", "headers", "orderingKey", "variables", "id");

  static final Set<String> REQUEST_KEYS =
      Set.of("method", "path", "query", "headers", "body", "file");

  /** Those that start a route. */
  private static final Set<String> STARTS = Set.of("event", "request", "schedule", "poll", "alert");

  /** Parts of an event that may also stand beside it. */
  private static final Set<String> BESIDE = Set.of("file", "headers", "orderingKey", "variables");

  private final TestNodes nodes;
  private final Faults faults;

  GivenReader(TestNodes nodes) {
    this.nodes = nodes;
    this.faults = nodes.faults();
  }

  /** What {@code item}, a test, gives; incomplete where there is a fault. */
  Given read(YamlTree item) {
    Optional<YamlTree> given = item.get("given");
    if (given.isEmpty() || !nodes.isMap(given.get(), "given")) {
      if (given.isEmpty()) {
        faults.error(
            item.location(),
            "the test has no 'given'",
            "write given: {event: {source: …, type: …, payload: …}}");
      }
      return new Given(
          item.location().toString(),
          Kind.EVENT,
          "",
          Map.of(),
          Optional.empty(),
          List.of(),
          List.of());
    }
    YamlTree tree = given.get();
    nodes.known(tree, KEYS);
    List<YamlTree.Entry> what =
        tree.entries().stream().filter(entry -> STARTS.contains(entry.key())).toList();
    if (what.size() != 1) {
      faults.error(
          tree.location(),
          what.isEmpty()
              ? "given names nothing that starts a route"
              : "given names " + what.size() + " things that start a route",
          "write one of event, request, schedule, poll, alert");
    }
    Kind kind =
        what.isEmpty() ? Kind.EVENT : Kind.valueOf(what.get(0).key().toUpperCase(Locale.ROOT));
    YamlTree value = what.isEmpty() ? tree : what.get(0).value();
    return new Given(
        (what.isEmpty() ? tree.location() : what.get(0).location()).toString(),
        kind,
        value.text(),
        what.size() == 1 ? fields(kind, value, tree) : Map.of(),
        tree.get("time")
            .flatMap(time -> nodes.parsed(time, Instant::parse, "2026-11-30T12:00:00Z")),
        TestNodes.texts("sql", tree),
        durations(tree.get("advance")));
  }

  /**
   * @param given what holds {@code value}
   */
  private Map<String, Object> fields(Kind kind, YamlTree value, YamlTree given) {
    if (kind != Kind.EVENT) {
      noneBeside(kind.name().toLowerCase(Locale.ROOT), given);
    }
    if (kind == Kind.SCHEDULE || kind == Kind.POLL) {
      if (value.text().isBlank()) {
        faults.error(
            value.location(), "no route is named", "write the id of the route that is started");
      }
      return Map.of();
    }
    if (!nodes.isMap(value, kind.name().toLowerCase(Locale.ROOT))) {
      return Map.of();
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    value.entries().forEach(entry -> fields.put(entry.key(), entry.value().value()));
    if (kind == Kind.EVENT) {
      nodes.known(value, EVENT_KEYS);
      nodes.required(value, "source");
      nodes.mapAt(value, "headers");
      nodes.mapAt(value, "variables");
      beside(value, given, fields);
    } else if (kind == Kind.REQUEST) {
      nodes.known(value, REQUEST_KEYS);
      nodes.required(value, "path");
      nodes.mapAt(value, "headers");
      nodes.mapAt(value, "query");
      value
          .get("path")
          .filter(path -> !path.text().startsWith("/"))
          .ifPresent(
              path ->
                  faults.error(path.location(), "the path does not begin with /", "write /api/…"));
    } else {
      nodes.required(value, "type");
    }
    nodes
        .content(value, kind == Kind.EVENT ? "payload" : "body")
        .ifPresent(bytes -> fields.put(Given.FILE_CONTENT, bytes));
    return fields;
  }

  private void noneBeside(String kind, YamlTree given) {
    for (YamlTree.Entry entry : given.entries()) {
      if (BESIDE.contains(entry.key())) {
        faults.error(
            entry.location(),
            "'" + entry.key() + "' stands beside " + kind,
            kind.equals("request") && REQUEST_KEYS.contains(entry.key())
                ? "write it into request"
                : "only an event has it");
      }
    }
  }

  /** Adds what stands beside an event and belongs to it. */
  private void beside(YamlTree event, YamlTree given, Map<String, Object> fields) {
    for (YamlTree.Entry entry : given.entries()) {
      if (BESIDE.contains(entry.key())) {
        if (event.get(entry.key()).isPresent()) {
          faults.error(
              entry.location(),
              "'" + entry.key() + "' is given in the event and beside it",
              "delete one of them");
        } else {
          fields.put(entry.key(), entry.value().value());
        }
      }
    }
    nodes.mapAt(given, "headers");
    nodes.mapAt(given, "variables");
    nodes
        .content(given, event, "payload")
        .ifPresent(bytes -> fields.put(Given.FILE_CONTENT, bytes));
  }

  private List<Duration> durations(Optional<YamlTree> given) {
    return given.stream()
        .flatMap(value -> value.isList() ? value.items().stream() : given.stream())
        .flatMap(value -> nodes.parsed(value, Duration::parse, "PT10M").stream())
        .toList();
  }
}
