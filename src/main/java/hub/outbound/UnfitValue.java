package hub.outbound;

import hub.inbox.Refusal;
import hub.problem.Problem;
import hub.problem.ProblemException;

/** A value that must not be put into a path, query or header: 400, and no reason to try again. */
final class UnfitValue extends ProblemException implements Refusal {
  private static final long serialVersionUID = 1L;

  UnfitValue(String name, String fault) {
    super(Problem.of(400, "payload-invalid", "The value of '{" + name + "}' " + fault + "."));
  }

  @Override
  public boolean isFinal() {
    return true;
  }
}
