package hub.lint;

import hub.lint.TestCase.Expected;
import hub.lint.TestCase.ExpectedCall;
import hub.lint.TestCase.Then;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code then} of a test: what must be so afterwards. */
final class ThenReader {
  static final Set<String> KEYS =
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
          "answer");

  static final Set<String> STATES =
      Set.of("done", "dead", "retrying", "waiting", "ignored", "received");

  /** Of one call of a step. */
  static final Set<String> CALL_KEYS =
      Set.of("times", "method", "path", "url", "query", "headers", "body");

  /** Of the answer to a request. */
  static final Set<String> ANSWER_KEYS = Set.of("status", "headers", "body");

  private final TestNodes nodes;
  private final Faults faults;

  ThenReader(TestNodes nodes) {
    this.nodes = nodes;
    this.faults = nodes.faults();
  }

  /** What {@code item}, a test, expects. */
  Then read(YamlTree item) {
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
    nodes.known(tree, KEYS);
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
      tree.entry(key).ifPresent(entry -> lists.put(key, TestNodes.expected(entry)));
    }
    List<Expected> rows =
        tree.get("rows").filter(value -> nodes.isMap(value, "rows")).stream()
            .flatMap(value -> value.entries().stream())
            .map(TestNodes::expected)
            .toList();
    return new Then(
        tree.location().toString(),
        tree.entry("state").map(TestNodes::expected),
        tree.entry("error").or(() -> tree.entry("lastError")).map(TestNodes::expected),
        tree.entry("attempts").map(TestNodes::expected),
        TestNodes.texts("log", tree),
        calls(tree),
        rows,
        lists,
        tree.get("answer")
            .filter(value -> nodes.isMap(value, "answer"))
            .map(value -> fields(value, ANSWER_KEYS))
            .orElse(Map.of()));
  }

  private List<ExpectedCall> calls(YamlTree then) {
    return then.get("calls").filter(value -> nodes.isMap(value, "calls")).stream()
        .flatMap(value -> value.entries().stream())
        .map(this::call)
        .toList();
  }

  private ExpectedCall call(YamlTree.Entry entry) {
    YamlTree value = entry.value();
    String where = entry.location().toString();
    if (value.isText()) {
      int times = (int) nodes.number(Optional.of(value), 0, Integer.MAX_VALUE, 1);
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
            .map(number -> (int) nodes.number(Optional.of(number), 0, Integer.MAX_VALUE, 1));
    return new ExpectedCall(where, entry.key(), times, List.of(sent(value)), false);
  }

  private Map<String, Expected> sent(YamlTree call) {
    if (call.isEmpty() || !nodes.isMap(call, "a call")) {
      return Map.of();
    }
    Map<String, Expected> fields = fields(call, CALL_KEYS);
    fields.remove("times");
    return fields;
  }

  private Map<String, Expected> fields(YamlTree tree, Set<String> known) {
    nodes.known(tree, known);
    Map<String, Expected> fields = new LinkedHashMap<>();
    tree.entries().forEach(entry -> fields.put(entry.key(), TestNodes.expected(entry)));
    return fields;
  }
}
