package hub.trial;

import hub.lint.Fault;
import java.util.List;

/**
 * The outcome of all tests that were asked for.
 *
 * @param faults of the files; a test of such a file was not run
 * @param unreached steps of routes that no test reached, route by route, only where all tests ran
 */
public record TestReport(
    List<TestResult> results, List<Fault> faults, List<Unreached> unreached, long millis) {
  /**
   * Steps that no test reached.
   *
   * @param steps with file and line
   * @param whole whether no step of the route was reached
   */
  public record Unreached(String route, List<String> steps, boolean whole) {}

  public boolean isPassed() {
    return faults.stream().noneMatch(fault -> fault.level() == Fault.Level.ERROR)
        && results.stream().allMatch(TestResult::isPassed);
  }
}
