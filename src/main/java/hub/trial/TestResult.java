package hub.trial;

import java.util.List;

/**
 * The outcome of one test.
 *
 * @param file relative to the folder in which the hub runs
 * @param where file and line of the test
 * @param failures none: the test passed
 * @param notes what passed and is worth knowing
 */
public record TestResult(
    String file,
    String where,
    String name,
    List<Failure> failures,
    List<String> notes,
    long millis) {

  /**
   * An expectation that was not met.
   *
   * @param where file and line
   * @param what the fault, one clause
   * @param expected empty where {@code what} says all
   * @param actual as {@code expected}
   * @param remedy how to mend it; may be empty
   */
  public record Failure(String where, String what, String expected, String actual, String remedy) {
    static Failure of(String where, String what, String remedy) {
      return new Failure(where, what, "", "", remedy);
    }

    /** {@code where: what: expected …, was …; remedy}. */
    @Override
    public String toString() {
      return where
          + ": "
          + what
          + (expected.isEmpty() && actual.isEmpty()
              ? ""
              : ": expected " + expected + ", was " + actual)
          + (remedy.isEmpty() ? "" : "; " + remedy);
    }
  }

  public boolean isPassed() {
    return failures.isEmpty();
  }
}
