package hub.webhook.verify;

/**
 * A webhook that is not believed or cannot be taken. Carries no stack trace: anyone can cause it,
 * so it must be cheap. Neither message nor detail holds a secret, a signature or a header's value.
 */
public final class WebhookRejectedException extends Exception {
  private static final long serialVersionUID = 1;

  private final RejectionReason reason;
  private final String detail;

  /**
   * @param detail what was wrong with this request, in words that may be shown to its sender
   */
  public WebhookRejectedException(RejectionReason reason, String detail) {
    super(reason.code() + ": " + detail, null, false, false);
    this.reason = reason;
    this.detail = detail;
  }

  /** Why, as a name with a status. */
  public RejectionReason reason() {
    return reason;
  }

  /** What was wrong with this request. */
  public String detail() {
    return detail;
  }
}
