package hub.webhook.verify;

/** Why a webhook was rejected: the code that senders see, its HTTP status, and the remedy. */
public enum RejectionReason {
  SIGNATURE_MISSING(
      "signature-missing",
      400,
      "Let the sender sign its requests, and keep proxies from dropping its headers."),
  SIGNATURE_MALFORMED(
      "signature-malformed",
      400,
      "Check that the source's scheme is the sender's, and that no proxy repeats or rewrites its headers."),
  SIGNATURE_MISMATCH(
      "signature-mismatch",
      400,
      "Compare the configured secret with the sender's, and keep proxies from changing the body."),
  TIMESTAMP_TOO_OLD(
      "timestamp-too-old",
      400,
      "Let the sender deliver again with a new signature, and check both clocks."),
  TIMESTAMP_IN_FUTURE(
      "timestamp-in-future",
      400,
      "Check both clocks; and that the source's timestampUnit is the sender's."),
  PAYLOAD_INVALID(
      "payload-invalid",
      400,
      "Send the body in the format that this source is documented to send."),
  EVENT_ID_MISSING(
      "event-id-missing",
      400,
      "Send an event id where the source's eventId parameter looks for it."),
  PAYLOAD_TOO_LARGE(
      "payload-too-large",
      413,
      "Send a smaller body, or raise the source's maxBodyBytes or hub.webhook.max-body-bytes."),
  RATE_LIMITED(
      "rate-limited", 429, "Send again after Retry-After, or raise the source's ratePerSecond."),
  SOURCE_UNKNOWN(
      "source-unknown", 404, "Check the last part of the path against the names of the sources."),
  NOT_CONFIGURED(
      "not-configured", 503, "Set the property or variable that holds this source's secrets."),
  KEYS_UNAVAILABLE(
      "keys-unavailable",
      503,
      "Send again after Retry-After; the hub's log tells of its call for the keys."),
  STORE_UNAVAILABLE(
      "store-unavailable", 503, "Send again after Retry-After; the event store cannot be reached.");

  private final String code;
  private final int status;
  private final String remedy;

  RejectionReason(String code, int status, String remedy) {
    this.code = code;
    this.status = status;
    this.remedy = remedy;
  }

  /** The reason as responses, logs and metrics write it, such as {@code signature-missing}. */
  public String code() {
    return code;
  }

  /** The HTTP status to answer with. */
  public int status() {
    return status;
  }

  /** The remedy, one sentence for people. */
  public String remedy() {
    return remedy;
  }
}
