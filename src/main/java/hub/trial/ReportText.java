package hub.trial;

import hub.lint.Fault;
import java.util.ArrayList;
import java.util.List;

/** Writes a report for people: a line a test, what failed below it, and the sums at the end. */
public final class ReportText {
  private ReportText() {}

  /** Lines without their ends. */
  public static List<String> lines(TestReport report) {
    List<String> lines = new ArrayList<>();
    for (Fault fault : report.faults()) {
      lines.add((fault.level() == Fault.Level.WARNING ? "warning: " : "") + fault);
    }
    for (TestResult result : report.results()) {
      lines.add(
          (result.isPassed() ? "ok     " : "FAILED ")
              + result.file()
              + ": "
              + result.name()
              + " ("
              + result.millis()
              + " ms)");
      result.failures().forEach(failure -> lines.add("       " + failure));
      result.notes().forEach(note -> lines.add("       note: " + note));
    }
    for (TestReport.Unreached route : report.unreached()) {
      lines.add(
          "never run: "
              + (route.whole()
                  ? "route " + route.route() + ", no step of it"
                  : "route " + route.route() + ": " + String.join(", ", route.steps())));
    }
    long failed = report.results().stream().filter(result -> !result.isPassed()).count();
    lines.add(
        report.results().size()
            + (report.results().size() == 1 ? " test, " : " tests, ")
            + failed
            + " failed"
            + (report.faults().isEmpty() ? "" : ", " + report.faults().size() + " faults in files")
            + ", "
            + report.millis()
            + " ms");
    return lines;
  }
}
