package hub.webhook.verify;

/**
 * A webhook was rejected. Carries no stack trace: anyone can cause it, so it must be cheap. Neither
 * message nor detail contains a secret, a signature or a header's value.
 */
public final class WebhookRejectedException extends Exception {
  private static final long serialVersionUID = 1;

  private final RejectionReason reason;
  private final String detail;

  /**
   * @param detail the fault of this request, safe to show to its sender
   */
  public WebhookRejectedException(RejectionReason reason, String detail) {
    super(reason.code() + ": " + detail, null, false, false);
    this.reason = reason;
    this.detail = detail;
  }

  /** The reason, with its code and status. */
  public RejectionReason reason() {
    return reason;
  }

  /** The fault of this request. */
  public String detail() {
    return detail;
  }
}
