package hub.http.problem;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Ends a request with one {@link Problem}, always the same. Made by the Kamelet {@code
 * problem-action}, whose parameters it takes. Thread-safe once it has its parameters.
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

  /** The word that programs rely on. */
  public void setReason(String reason) {
    this.reason = reason;
  }

  /** What to do, for a person. */
  public void setDetail(String detail) {
    this.detail = detail;
  }
}
