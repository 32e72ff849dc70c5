package hub.trial;

import hub.config.Settings;
import hub.lint.Fault;
import hub.lint.TestCase;
import hub.lint.TestFiles;
import hub.trial.TestResult.Failure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Runs tests of routes. */
public final class Trials {
  private static final int TOO_MANY_REQUESTS = 429;

  private final Path routesDir;
  private final Path properties;
  private final TestFiles reader;
  private final List<Fault> faults = new ArrayList<>();
  private final List<TestResult> results = new ArrayList<>();
  private final List<TestReport.Unreached> unreached = new ArrayList<>();
  private final Set<String> reached = new TreeSet<>();

  private Trials(Path routesDir, Path properties) {
    this.routesDir = routesDir.toAbsolutePath().normalize();
    this.properties = properties.toAbsolutePath().normalize();
    this.reader = new TestFiles(this.properties.getParent());
  }

  /**
   * Runs the tests of these files, one after another, on a hub of their own in this JVM. Nothing of
   * the installation's data, and none of its secrets, is used. One call at a time: the log is
   * listened to.
   *
   * @param routesDir the folder {@code routes/}
   * @param applicationProperties the settings file; may be absent
   * @param settings of the installation; those that tests must not have are replaced
   * @param files to run; empty: all {@code *.test.yaml} below {@code routesDir}
   */
  public static synchronized TestReport run(
      Path routesDir, Path applicationProperties, Settings settings, List<Path> files) {
    long started = System.nanoTime();
    Trials trials = new Trials(routesDir, applicationProperties);
    TrialThreads.run(() -> trials.run(files));
    return new TestReport(
        List.copyOf(trials.results),
        List.copyOf(trials.faults),
        List.copyOf(trials.unreached),
        (System.nanoTime() - started) / 1_000_000);
  }

  private void run(List<Path> files) {
    Map<Map<String, String>, List<TestCase>> bySettings = new LinkedHashMap<>();
    for (Path file : files.isEmpty() ? reader.in(routesDir) : files) {
      TestFiles.Content content = reader.read(file.toAbsolutePath().normalize());
      faults.addAll(content.faults());
      content
          .tests()
          .forEach(
              test ->
                  bySettings
                      .computeIfAbsent(test.settings(), absent -> new ArrayList<>())
                      .add(test));
    }
    TrialClock clock = new TrialClock();
    Stages stages = new Stages(clock);
    LogCapture log = new LogCapture(stages);
    try {
      bySettings.forEach((own, tests) -> runAll(own, tests, stages, files.isEmpty()));
    } finally {
      log.close();
    }
    results.sort(
        Comparator.comparing(TestResult::file).thenComparingInt(result -> line(result.where())));
  }

  private static int line(String where) {
    String end = where.substring(where.lastIndexOf(':') + 1);
    return end.matches("\\d{1,9}") ? Integer.parseInt(end) : 0;
  }

  private void runAll(
      Map<String, String> own, List<TestCase> tests, Stages stages, boolean listsUnreached) {
    int done = 0;
    String excluded = listsUnreached ? "" : RouteSelection.excluded(routesDir, tests);
    try (TrialHub hub = new TrialHub(routesDir, properties, own, excluded, stages)) {
      while (done < tests.size() && !hub.isSoiled()) {
        results.add(run(tests.get(done++), hub));
      }
      reached.addAll(stages.reached());
      if (listsUnreached) {
        unreached.clear();
        unreached.addAll(Coverage.unreached(hub.context(), reached));
      }
    } catch (Exception e) {
      Failure failure =
          Failure.of(
              tests.get(Math.min(done, tests.size() - 1)).where(),
              "the hub of the tests does not start: " + Causes.text(e),
              "see what 'lint' says");
      tests
          .subList(done, tests.size())
          .forEach(test -> results.add(result(test, List.of(failure), List.of(), 0)));
      return;
    }
    if (done < tests.size()) {
      runAll(own, tests.subList(done, tests.size()), stages, listsUnreached);
    }
  }

  private static TestResult result(
      TestCase test, List<Failure> failures, List<String> notes, long millis) {
    return new TestResult(
        test.where().replaceFirst(":\\d+$", ""),
        test.where(),
        test.name(),
        List.copyOf(failures),
        List.copyOf(notes),
        millis);
  }

  private static TestResult run(TestCase test, TrialHub hub) {
    long started = System.nanoTime();
    List<Failure> failures = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    try {
      List<Failure> unknown = Coverage.unknownSteps(test, hub.context());
      if (unknown.isEmpty()) {
        check(test, hub, failures, notes);
      }
      failures.addAll(unknown);
    } catch (TrialRun.RefusedException e) {
      failures.add(e.failure());
    } catch (Exception e) {
      failures.add(Failure.of(test.where(), "the test cannot be run: " + Causes.text(e), ""));
    }
    return result(test, failures, notes, (System.nanoTime() - started) / 1_000_000);
  }

  /** A provider that asks for a pause would be asked later in the next test, too. */
  private static boolean slowsProvider(TestCase test) {
    return test.stubs().values().stream()
        .flatMap(List::stream)
        .anyMatch(
            stub ->
                stub.status() == TOO_MANY_REQUESTS
                    || stub.headers().keySet().stream().anyMatch("retry-after"::equalsIgnoreCase));
  }

  private static void check(TestCase test, TrialHub hub, List<Failure> failures, List<String> notes)
      throws Exception {
    TrialRun run = new TrialRun(test, hub);
    if (slowsProvider(test)) {
      hub.soil();
    }
    Outcome first = run.once();
    failures.addAll(Checks.of(test, hub, first));
    if (!run.isEvent()) {
      return;
    }
    if (test.atLeastOnce()) {
      notes.add("effects: at-least-once, so a second effect was not looked for");
      return;
    }
    if (failures.isEmpty() && first.state().equals("done")) {
      Repetitions repetitions = new Repetitions(test, hub, run);
      repetitions.check(first);
      failures.addAll(repetitions.failures());
      notes.addAll(repetitions.notes());
    }
  }
}
