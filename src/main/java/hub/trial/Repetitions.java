package hub.trial;

import hub.lint.TestCase;
import hub.trial.TestResult.Failure;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Runs the event of a test again as a provider, or the end of a process, would have it run again,
 * and finds the effects that then happen more than once.
 */
final class Repetitions {
  /** Each takes some hundredths of a second. */
  private static final int MOST_STOPS = 25;

  private final TestCase test;
  private final TrialHub hub;
  private final TrialRun run;
  private final List<Failure> failures = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /** Places already told of. */
  private final Set<String> told = new TreeSet<>();

  Repetitions(TestCase test, TrialHub hub, TrialRun run) {
    this.test = test;
    this.hub = hub;
    this.run = run;
  }

  /**
   * What a run left.
   *
   * @param calls how often each step had an effect, by its place
   * @param rows by table
   * @param events stored besides, by source
   */
  private record Effects(
      Map<String, Integer> calls, Map<String, List<String>> rows, Map<String, Integer> events) {}

  List<Failure> failures() {
    return failures;
  }

  List<String> notes() {
    return List.copyOf(notes);
  }

  /**
   * @param first the run as it is written, whose tables are still there
   */
  void check(Outcome first) throws Exception {
    Effects once = effects(first);
    int calls = first.stage().calls().size();
    run.append();
    first =
        new Outcome(
            first.stage(),
            first.event(),
            hub.handlers().rest(first.event().orElseThrow()),
            Map.of(),
            first.error());
    compare(once, first, "was delivered again");
    for (int stop = 1; stop <= Math.min(calls, MOST_STOPS); stop++) {
      Outcome stopped = run.stoppedOnce(stop);
      if (stopped.stage().hasStopped()) {
        compare(
            once,
            stopped,
            "ran again, because the process had ended after " + stopped.stage().stoppedAt());
        requireDone(stopped);
      }
    }
    Outcome ended = run.stoppedOnce(Stage.AT_END);
    if (ended.stage().hasStopped()) {
      compare(once, ended, "ran again, because the process had ended before it was noted as done");
      requireDone(ended);
    }
  }

  private void requireDone(Outcome outcome) {
    if (!outcome.state().equals("done") && told.add("state")) {
      failures.add(
          new Failure(
              test.where(),
              "the state of the event after it ran again" + after(outcome),
              "done",
              outcome.state(),
              outcome.lastError().map(error -> "its error: " + error).orElse("")));
    }
  }

  private static String after(Outcome outcome) {
    String step = outcome.stage().stoppedAt();
    return step.isEmpty() ? "" : " from a stop after " + step;
  }

  private Effects effects(Outcome outcome) throws SQLException {
    UUID id = outcome.event().orElseThrow();
    Map<String, String> replaced = new LinkedHashMap<>();
    hub.inbox().sequence(id).ifPresent(sequence -> replaced.put(sequence, "{sequence}"));
    Map<String, Integer> events = new TreeMap<>();
    hub.inbox()
        .events(id.toString())
        .forEach(event -> events.merge(event.get("source").toString(), 1, Integer::sum));
    return new Effects(calls(outcome, false), hub.tables().contents(replaced), events);
  }

  /**
   * Calls that may have changed something, by step; those with one key count as one.
   *
   * @param guarded only those within an {@code idempotentConsumer}, else only the others
   */
  private static Map<String, Integer> calls(Outcome outcome, boolean guarded) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    Set<String> keys = new TreeSet<>();
    for (SentCall call : outcome.stage().calls()) {
      boolean isOne =
          call.isRepeatable()
              ? keys.add(call.place() + " " + call.path())
              : call.key().map(key -> keys.add(call.place() + " " + key)).orElse(true);
      if (call.isEffect() && call.isGuarded() == guarded && isOne) {
        counts.merge(call.place(), 1, Integer::sum);
      }
    }
    return counts;
  }

  private void compare(Effects once, Outcome again, String why) throws SQLException {
    Effects effects = effects(again);
    effects
        .calls()
        .forEach(
            (place, count) -> {
              int before = once.calls().getOrDefault(place, 0);
              if (count > before && told.add(place)) {
                failures.add(
                    new Failure(
                        test.where(),
                        "the step " + place + " acts more than once when the event " + why,
                        times(before),
                        times(count),
                        "send an idempotency key (http-api-action does), put the step into an idempotentConsumer, or write effects: at-least-once"));
              }
            });
    effects
        .rows()
        .forEach(
            (table, rows) -> {
              List<String> before = once.rows().getOrDefault(table, List.of());
              if (!rows.equals(before) && told.add("table " + table)) {
                failures.add(rows(table, before, rows, again, why));
              }
            });
    effects
        .events()
        .forEach(
            (source, count) -> {
              int before = once.events().getOrDefault(source, 0);
              if (count > before && told.add("inbox:" + source)) {
                failures.add(
                    new Failure(
                        test.where(),
                        "an event is stored in inbox:"
                            + source
                            + " more than once when the event "
                            + why
                            + by(again),
                        times(before),
                        times(count),
                        "set the variable providerEventId before the step to what makes it one"));
              }
            });
    guarded(again);
  }

  /** A key that is taken does not tell whether the step had acted when the process ended. */
  private void guarded(Outcome again) {
    calls(again, true)
        .forEach(
            (place, count) -> {
              if (count > 1) {
                notes.add(
                    "the step "
                        + place
                        + " acts once more where the process ends before its idempotentConsumer has noted it");
              }
            });
  }

  private Failure rows(
      String table, List<String> before, List<String> rows, Outcome again, String why) {
    List<String> changed = new ArrayList<>(rows);
    before.forEach(changed::remove);
    String what =
        rows.size() > before.size()
            ? "a row is added to the table " + table + " more than once"
            : "the table " + table + " is changed more than once";
    return new Failure(
        test.where(),
        what + " when the event " + why + by(again),
        rows.size() == before.size() ? Match.shown(before) : rows(before.size()),
        rows.size() == before.size() ? Match.shown(changed) : rows(rows.size()),
        "guard the statement by a key of the event (MERGE, WHERE NOT EXISTS), put the step into an idempotentConsumer, or make the handler transacted");
  }

  private static String by(Outcome again) {
    List<String> steps = again.stage().storing();
    return steps.isEmpty() ? "" : ", by " + String.join(" or ", steps);
  }

  private static String times(int count) {
    return count == 1 ? "once" : count + " times";
  }

  private static String rows(int count) {
    return count + (count == 1 ? " row" : " rows");
  }
}
