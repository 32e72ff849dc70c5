package hub.http.framing;

import hub.http.problem.Problem;

/** A request is ambiguous: another parser could find other requests in its bytes. */
public final class FramingFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** The problem's reason. */
  public static final String MALFORMED = "request-malformed";

  private final int status;
  private final String reason;

  private FramingFault(int status, String reason, String detail) {
    // No stack trace: attacks make many of these.
    super(detail, null, false, false);
    this.status = status;
    this.reason = reason;
  }

  /**
   * @param detail for people; never what was sent
   */
  static FramingFault malformed(String detail) {
    return new FramingFault(400, MALFORMED, detail);
  }

  static FramingFault version() {
    return new FramingFault(505, "version-unsupported", "The hub speaks HTTP/1.1 and HTTP/1.0.");
  }

  public Problem problem() {
    return Problem.of(status, reason, getMessage());
  }
}
