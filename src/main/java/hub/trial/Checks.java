package hub.trial;

import hub.lint.TestCase;
import hub.lint.TestCase.Expected;
import hub.lint.TestCase.ExpectedCall;
import hub.trial.TestResult.Failure;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Holds the outcome of a run against what its test expects. */
final class Checks {
  private static final String IGNORED =
      "no handler under test takes the event: its 'types' or its 'when' keeps it out";

  private final TestCase test;
  private final TrialHub hub;
  private final Outcome outcome;
  private final List<Failure> failures = new ArrayList<>();

  private Checks(TestCase test, TrialHub hub, Outcome outcome) {
    this.test = test;
    this.hub = hub;
    this.outcome = outcome;
  }

  /** Every expectation that is not met. */
  static List<Failure> of(TestCase test, TrialHub hub, Outcome outcome) throws SQLException {
    Checks checks = new Checks(test, hub, outcome);
    checks.all();
    return checks.failures;
  }

  private void all() throws SQLException {
    outcome
        .stage()
        .missing()
        .forEach(
            (place, step) ->
                failures.add(
                    Failure.of(
                        test.where(),
                        "the step " + place + " leaves the process and has no stub",
                        remedy(place, step))));
    if (!failures.isEmpty()) {
      // Everything else would only follow from that.
      return;
    }
    state();
    test.then()
        .error()
        .ifPresent(error -> contains(error, "the error", outcome.lastError().orElse("")));
    test.then()
        .attempts()
        .ifPresent(expected -> equal(expected, "attempts", outcome.attempts(), ""));
    log();
    test.then().calls().forEach(this::call);
    for (Expected rows : test.then().rows()) {
      rows(rows);
    }
    lists();
    answer();
  }

  private static String remedy(String place, String step) {
    if (step.isEmpty()) {
      return "it belongs to no step of a route: write the test so that it is not made";
    }
    return step.contains("/")
        ? "give the step an id and write stubs: {<id>: {body: …}}"
        : "write stubs: {" + step + ": {body: …}}";
  }

  private void state() {
    String state = outcome.state();
    String why =
        state.equals("ignored")
            ? IGNORED
            : outcome.lastError().map(error -> "its error: " + error).orElse("");
    if (test.then().state().isPresent()) {
      Expected expected = test.then().state().get();
      boolean waits =
          expected.value().equals("waiting") && List.of("retrying", "received").contains(state);
      if (!waits && !expected.value().equals(state)) {
        failures.add(
            new Failure(expected.where(), "state", String.valueOf(expected.value()), state, why));
      }
    } else if (!state.equals("done")
        && test.then().error().isEmpty()
        && test.given().kind() != TestCase.Kind.REQUEST) {
      failures.add(
          new Failure(
              test.then().where(),
              "state, which is done where the test says nothing else",
              "done",
              state,
              why));
    }
  }

  private void contains(Expected expected, String what, String actual) {
    if (!actual.contains(String.valueOf(expected.value()))) {
      failures.add(
          new Failure(
              expected.where(),
              what,
              "something with " + Match.shown(expected.value()),
              Match.shown(actual),
              ""));
    }
  }

  private void equal(Expected expected, String what, Object actual, String remedy) {
    if (!Match.matches(expected.value(), actual)) {
      failures.add(
          new Failure(
              expected.where(), what, Match.shown(expected.value()), Match.shown(actual), remedy));
    }
  }

  private void log() {
    List<String> lines = outcome.stage().log();
    for (Expected expected : test.then().log()) {
      if (lines.stream().noneMatch(line -> line.contains(String.valueOf(expected.value())))) {
        failures.add(
            new Failure(
                expected.where(),
                "log",
                "a line with " + Match.shown(expected.value()),
                lines.isEmpty()
                    ? "no line"
                    : Match.shown(String.join(" | ", lines.subList(0, Math.min(5, lines.size())))),
                ""));
      }
    }
  }

  private void call(ExpectedCall expected) {
    List<SentCall> made =
        outcome.stage().calls().stream()
            .filter(call -> call.step().equals(expected.step()))
            .toList();
    int times = expected.times().orElse(-1);
    if (times >= 0 ? times != made.size() : made.isEmpty()) {
      failures.add(
          new Failure(
              expected.where(),
              "calls of " + expected.step(),
              times < 0 ? "at least one" : String.valueOf(times),
              String.valueOf(made.size()),
              made.isEmpty() ? "only steps with a stub or an http call are counted" : ""));
      return;
    }
    for (int i = 0; i < made.size(); i++) {
      if (!expected.sent().isEmpty()) {
        Map<String, Expected> fields = expected.sent().get(expected.inTurn() ? i : 0);
        SentCall call = made.get(i);
        fields.forEach(
            (name, field) -> {
              Expected wanted =
                  name.equals("headers")
                      ? new Expected(field.where(), name, lowerKeys(field.value()))
                      : field;
              equal(wanted, expected.step() + ": " + name, call.field(name), "");
            });
      }
    }
  }

  private static Object lowerKeys(Object headers) {
    if (!(headers instanceof Map<?, ?> map)) {
      return headers;
    }
    Map<String, Object> lower = new TreeMap<>();
    map.forEach((name, value) -> lower.put(String.valueOf(name).toLowerCase(Locale.ROOT), value));
    return lower;
  }

  private void rows(Expected expected) {
    List<Map<String, Object>> rows;
    try {
      rows = hub.tables().query(expected.name());
    } catch (SQLException e) {
      failures.add(
          Failure.of(
              expected.where(),
              "the statement fails: "
                  + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
              "the test's database is H2"));
      return;
    }
    if (!(expected.value() instanceof List<?> list)) {
      equal(expected, expected.name(), rows.isEmpty() ? null : first(rows.get(0)), "");
      return;
    }
    boolean scalars = list.stream().noneMatch(Map.class::isInstance);
    equal(
        expected, expected.name(), scalars ? rows.stream().map(Checks::first).toList() : rows, "");
  }

  private static Object first(Map<String, Object> row) {
    return row.isEmpty() ? null : row.values().iterator().next();
  }

  private void lists() throws SQLException {
    if (test.then().lists().isEmpty()) {
      return;
    }
    List<Map<String, Object>> events =
        hub.inbox().events(outcome.event().map(Object::toString).orElse(""));
    for (Map.Entry<String, Expected> list : test.then().lists().entrySet()) {
      Expected expected = list.getValue();
      List<?> actual =
          list.getKey().equals("events")
              ? events
              : events.stream()
                  .filter(event -> event.get("source").equals("email"))
                  .map(event -> event.get("payload"))
                  .toList();
      boolean counts = expected.value() instanceof Number;
      if (counts ? !Match.matches(expected.value(), actual.size()) : !sameList(expected, actual)) {
        failures.add(
            new Failure(
                expected.where(),
                list.getKey() + " that were stored",
                Match.shown(expected.value()),
                Match.shown(counts ? actual.size() : actual),
                ""));
      }
    }
  }

  /** One map stands for a list of one. */
  private static boolean sameList(Expected expected, List<?> actual) {
    return expected.value() instanceof List<?>
        ? Match.matches(expected.value(), actual)
        : actual.size() == 1 && Match.matches(expected.value(), actual.get(0));
  }

  private void answer() {
    for (Map.Entry<String, Expected> field : test.then().answer().entrySet()) {
      Expected expected = field.getValue();
      boolean headers = field.getKey().equals("headers");
      equal(
          headers
              ? new Expected(expected.where(), "headers", lowerKeys(expected.value()))
              : expected,
          "answer: " + field.getKey(),
          outcome.answer().get(field.getKey()),
          outcome.answer().isEmpty() ? "only a request is answered" : "");
    }
  }
}
