package hub.http.problem;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends a request with a fixed {@link Problem}. The Kamelet {@code problem-action} makes it and sets
 * its parameters. Thread-safe once they are set.
 */
public final class RaiseProblem implements Processor {
  private int status;
  private String reason;
  private String detail;

  @Override
  public void process(Exchange exchange) {
    throw new ProblemException(Problem.of(status, reason, detail));
  }

  /** HTTP status, 400 to 599. */
  public void setStatus(int status) {
    this.status = status;
  }

  /** The stable code for programs. */
  public void setReason(String reason) {
    this.reason = reason;
  }

  /** What to do, for people. */
  public void setDetail(String detail) {
    this.detail = detail;
  }
}
