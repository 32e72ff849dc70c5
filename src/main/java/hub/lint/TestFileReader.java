package hub.lint;

import hub.lint.TestCase.Expected;
import hub.lint.TestCase.ExpectedCall;
import hub.lint.TestCase.Given;
import hub.lint.TestCase.Kind;
import hub.lint.TestCase.Stub;
import hub.lint.TestCase.Then;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Turns the tree of a file of tests into tests. Adds every fault to {@link Faults}. */
final class TestFileReader {
  private static final Set<String> STATES =
      Set.of("done", "dead", "retrying", "waiting", "ignored", "received");
  private static final Set<String> GIVEN = Set.of("event", "request", "schedule", "poll", "alert");

  private final Faults faults;
  private Path file;

  TestFileReader(Faults faults) {
    this.faults = faults;
  }

  /** The tests of the file; one with a fault may be incomplete. */
  List<TestCase> read(Path path, YamlTree tree) {
    file = path;
    if (!tree.isList()) {
      faults.error(tree.location(), "a file of tests is a list", "start with '- name:'");
      return List.of();
    }
    List<TestCase> tests = new ArrayList<>();
    Map<String, Location> seen = new TreeMap<>();
    for (YamlTree item : tree.items()) {
      if (!isMap(item, "a test")) {
        continue;
      }
      known(item, Set.of("name", "given", "stubs", "then", "effects", "settings"));
      String name = item.text("name");
      if (name.isBlank()) {
        faults.error(item.location(), "the test has no name", "write 'name:' and one sentence");
      }
      Location first = seen.putIfAbsent(name, item.location());
      if (first != null) {
        faults.error(
            item.location(), "the name is that of line " + first.line() + ", too", "rename one");
      }
      tests.add(
          new TestCase(
              file,
              item.location().toString(),
              name,
              given(item),
              stubs(item),
              then(item),
              texts(item.get("settings")),
              atLeastOnce(item)));
    }
    return tests;
  }

  private boolean atLeastOnce(YamlTree item) {
    Optional<YamlTree> effects = item.get("effects");
    if (effects.isPresent() && !Set.of("once", "at-least-once").contains(effects.get().text())) {
      faults.error(
          effects.get().location(),
          "effects: '" + effects.get().text() + "' is neither once nor at-least-once",
          "leave it out, or write at-least-once");
    }
    return effects.filter(value -> value.text().equals("at-least-once")).isPresent();
  }

  private Given given(YamlTree item) {
    Optional<YamlTree> given = item.get("given");
    if (given.isEmpty() || !isMap(given.get(), "given")) {
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
    known(tree, Set.of("event", "request", "schedule", "poll", "alert", "time", "advance", "sql"));
    List<YamlTree.Entry> what =
        tree.entries().stream().filter(entry -> GIVEN.contains(entry.key())).toList();
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
        what.isEmpty() ? Map.of() : fields(kind, value),
        tree.get("time").flatMap(time -> parsed(time, Instant::parse, "2026-11-30T12:00:00Z")),
        texts("sql", tree),
        durations(tree.get("advance")));
  }

  private Map<String, Object> fields(Kind kind, YamlTree value) {
    if (kind == Kind.SCHEDULE || kind == Kind.POLL) {
      if (value.text().isBlank()) {
        faults.error(
            value.location(), "no route is named", "write the id of the route that is started");
      }
      return Map.of();
    }
    if (!isMap(value, kind.name().toLowerCase(Locale.ROOT))) {
      return Map.of();
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    value.entries().forEach(entry -> fields.put(entry.key(), entry.value().value()));
    if (kind == Kind.EVENT) {
      known(
          value,
          Set.of("source", "type", "payload", "file", "headers", "orderingKey", "variables", "id"));
      required(value, "source");
      mapAt(value, "headers");
      mapAt(value, "variables");
    } else if (kind == Kind.REQUEST) {
      known(value, Set.of("method", "path", "query", "headers", "body", "file"));
      required(value, "path");
      mapAt(value, "headers");
      mapAt(value, "query");
      value
          .get("path")
          .filter(path -> !path.text().startsWith("/"))
          .ifPresent(
              path ->
                  faults.error(path.location(), "the path does not begin with /", "write /api/…"));
    } else {
      required(value, "type");
    }
    content(value, kind == Kind.EVENT ? "payload" : "body")
        .ifPresent(bytes -> fields.put("content", bytes));
    return fields;
  }

  /** The bytes of {@code file:}, which lies beside the test. */
  private Optional<byte[]> content(YamlTree value, String other) {
    Optional<YamlTree> named = value.get("file");
    if (named.isEmpty()) {
      return Optional.empty();
    }
    if (value.get(other).isPresent()) {
      faults.error(
          named.get().location(), "file and " + other + " are both given", "delete one of them");
    }
    Path path = file.resolveSibling(named.get().text());
    try {
      return Optional.of(Files.readAllBytes(path));
    } catch (IOException e) {
      faults.error(
          named.get().location(),
          "the file '" + named.get().text() + "' cannot be read",
          "paths are relative to the test's folder");
      return Optional.empty();
    }
  }

  private Map<String, List<Stub>> stubs(YamlTree item) {
    Map<String, List<Stub>> stubs = new LinkedHashMap<>();
    Optional<YamlTree> tree = item.get("stubs").filter(YamlTree::isMap);
    if (tree.isEmpty()) {
      item.get("stubs").filter(given -> !given.isEmpty()).ifPresent(other -> isMap(other, "stubs"));
      return stubs;
    }
    for (YamlTree.Entry entry : tree.get().entries()) {
      YamlTree value = entry.value();
      List<YamlTree> answers = value.isList() ? value.items() : List.of(value);
      if (answers.isEmpty()) {
        faults.error(
            entry.location(), "the list of answers is empty", "write {} for an empty answer");
      }
      stubs.put(entry.key(), answers.stream().map(answer -> stub(entry, answer)).toList());
    }
    return stubs;
  }

  private Stub stub(YamlTree.Entry entry, YamlTree tree) {
    if (!tree.isEmpty() && isMap(tree, "the stub of '" + entry.key() + "'")) {
      known(
          tree, Set.of("body", "file", "headers", "status", "throw", "delayMillis", "idempotent"));
      mapAt(tree, "headers");
    }
    Object body = tree.get("body").map(YamlTree::value).orElse(null);
    Optional<byte[]> content = content(tree, "body");
    return new Stub(
        (tree.isEmpty() ? entry.location() : tree.location()).toString(),
        content.<Object>map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(body),
        texts(tree.get("headers")),
        (int) number(tree.get("status"), 100, 599, 200),
        tree.get("throw").map(YamlTree::text),
        number(tree.get("delayMillis"), 0, 86_400_000, 0),
        tree.text("idempotent").equals("true"));
  }

  private Then then(YamlTree item) {
    Optional<YamlTree> given = item.get("then").filter(YamlTree::isMap);
    if (given.isEmpty()) {
      faults.error(
          item.get("then").map(YamlTree::location).orElse(item.location()),
          "the test expects nothing",
          "write then: {state: done}, and what the route is to do");
      return new Then(
          "",
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          Map.of(),
          Map.of());
    }
    YamlTree tree = given.get();
    known(
        tree,
        Set.of(
            "state",
            "error",
            "lastError",
            "attempts",
            "log",
            "calls",
            "rows",
            "emails",
            "events",
            "answer"));
    tree.get("state")
        .filter(state -> !STATES.contains(state.text()))
        .ifPresent(
            state ->
                faults.error(
                    state.location(),
                    "'" + state.text() + "' is no state of an event",
                    Suggest.remedy(state.text(), STATES)));
    Map<String, Expected> lists = new LinkedHashMap<>();
    for (String key : List.of("emails", "events")) {
      tree.entry(key).ifPresent(entry -> lists.put(key, expected(entry)));
    }
    List<Expected> rows =
        tree.get("rows").filter(value -> isMap(value, "rows")).stream()
            .flatMap(value -> value.entries().stream())
            .map(TestFileReader::expected)
            .toList();
    return new Then(
        tree.location().toString(),
        tree.entry("state").map(TestFileReader::expected),
        tree.entry("error").or(() -> tree.entry("lastError")).map(TestFileReader::expected),
        tree.entry("attempts").map(TestFileReader::expected),
        texts("log", tree),
        calls(tree),
        rows,
        lists,
        tree.get("answer")
            .filter(value -> isMap(value, "answer"))
            .map(value -> fields(value, Set.of("status", "headers", "body")))
            .orElse(Map.of()));
  }

  /** One text, or a list of texts. */
  private static List<Expected> texts(String key, YamlTree map) {
    Optional<YamlTree> given = map.get(key);
    return given.stream()
        .flatMap(value -> value.isList() ? value.items().stream() : given.stream())
        .map(text -> new Expected(text.location().toString(), key, text.text()))
        .toList();
  }

  private List<ExpectedCall> calls(YamlTree then) {
    return then.get("calls").filter(value -> isMap(value, "calls")).stream()
        .flatMap(value -> value.entries().stream())
        .map(this::call)
        .toList();
  }

  private ExpectedCall call(YamlTree.Entry entry) {
    YamlTree value = entry.value();
    String where = entry.location().toString();
    if (value.isText()) {
      int times = (int) number(Optional.of(value), 0, Integer.MAX_VALUE, 1);
      return new ExpectedCall(where, entry.key(), Optional.of(times), List.of(), false);
    }
    if (value.isList()) {
      return new ExpectedCall(
          where,
          entry.key(),
          Optional.of(value.items().size()),
          value.items().stream().map(this::sent).toList(),
          true);
    }
    Optional<Integer> times =
        value
            .get("times")
            .map(number -> (int) number(Optional.of(number), 0, Integer.MAX_VALUE, 1));
    return new ExpectedCall(where, entry.key(), times, List.of(sent(value)), false);
  }

  private Map<String, Expected> sent(YamlTree call) {
    if (call.isEmpty() || !isMap(call, "a call")) {
      return Map.of();
    }
    Map<String, Expected> fields =
        fields(call, Set.of("times", "method", "path", "url", "query", "headers", "body"));
    fields.remove("times");
    return fields;
  }

  private Map<String, Expected> fields(YamlTree tree, Set<String> known) {
    known(tree, known);
    Map<String, Expected> fields = new LinkedHashMap<>();
    tree.entries().forEach(entry -> fields.put(entry.key(), expected(entry)));
    return fields;
  }

  private static Expected expected(YamlTree.Entry entry) {
    return new Expected(entry.location().toString(), entry.key(), entry.value().value());
  }

  private Map<String, String> texts(Optional<YamlTree> map) {
    Map<String, String> texts = new LinkedHashMap<>();
    map.stream()
        .flatMap(tree -> tree.entries().stream())
        .forEach(entry -> texts.put(entry.key(), entry.value().text()));
    return texts;
  }

  private List<Duration> durations(Optional<YamlTree> given) {
    return given.stream()
        .flatMap(value -> value.isList() ? value.items().stream() : given.stream())
        .flatMap(value -> parsed(value, Duration::parse, "PT10M").stream())
        .toList();
  }

  private <T> Optional<T> parsed(YamlTree value, Function<String, T> parse, String example) {
    try {
      return Optional.of(parse.apply(value.text()));
    } catch (DateTimeException e) {
      faults.error(
          value.location(), "'" + value.text() + "' cannot be read", "write it as " + example);
      return Optional.empty();
    }
  }

  private long number(Optional<YamlTree> value, long least, long most, long usual) {
    if (value.isEmpty()) {
      return usual;
    }
    if (value.get().value() instanceof Number number
        && number.longValue() >= least
        && number.longValue() <= most) {
      return number.longValue();
    }
    faults.error(
        value.get().location(),
        "'" + value.get().text() + "' is no whole number from " + least + " to " + most,
        "");
    return usual;
  }

  private void required(YamlTree map, String key) {
    if (map.text(key).isBlank()) {
      faults.error(map.location(), "'" + key + "' is missing", "write '" + key + ":'");
    }
  }

  private void mapAt(YamlTree map, String key) {
    map.get(key).filter(value -> !value.isEmpty()).ifPresent(value -> isMap(value, key));
  }

  private boolean isMap(YamlTree value, String what) {
    if (!value.isMap()) {
      faults.error(value.location(), what + " is not a map", "write 'key: value' pairs");
    }
    return value.isMap();
  }

  private void known(YamlTree map, Set<String> keys) {
    for (YamlTree.Entry entry : map.entries()) {
      if (!keys.contains(entry.key())) {
        faults.error(
            entry.location(),
            "unknown key '" + entry.key() + "'",
            Suggest.remedy(entry.key(), keys));
      }
    }
  }
}
