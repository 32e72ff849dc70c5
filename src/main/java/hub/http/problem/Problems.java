package hub.http.problem;

import hub.db.StoreBusyException;
import hub.db.StoreUnavailableException;
import hub.inbox.MissingEventKeyException;
import hub.inbox.ReplayKeySpentException;
import hub.util.log.OutOfMemoryFilter;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;

/** Maps exceptions and statuses to problems. */
public final class Problems {
  /** Long enough for a restarted database, short enough for a provider's first retry. */
  private static final int STORE_RETRY_SECONDS = 5;

  /** A start takes a few seconds. */
  private static final int STARTED_SECONDS = 2;

  private Problems() {}

  /**
   * The problem for an exception. An internal error shows its step only, no details.
   *
   * @param step the step of the route that failed; empty when it failed outside of one
   */
  public static Problem of(Throwable error, String step) {
    OutOfMemoryFilter.endIfCause(error);
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof ProblemException known) {
        return known.problem();
      }
      if (t instanceof MissingEventKeyException) {
        return Problem.of(500, "internal-error", t.getMessage());
      }
      if (t instanceof ReplayKeySpentException) {
        return Problem.of(
            400,
            "signature-mismatch",
            "The request's token is good once and was used for another event; let the sender make a"
                + " token for each event.");
      }
      if (t instanceof StoreBusyException) {
        return overloaded();
      }
      if (t instanceof StoreUnavailableException
          || t instanceof SQLTransientConnectionException
          || t instanceof SQLNonTransientConnectionException) {
        return storeUnavailable();
      }
    }
    return Problem.of(
        500,
        "internal-error",
        "The hub failed"
            + (step.isEmpty() ? "" : " at " + step)
            + "; its log says why under this request id.");
  }

  public static Problem starting() {
    return Problem.of(503, "starting", "The hub is starting; send the same request again.")
        .retryAfter(STARTED_SECONDS);
  }

  public static Problem stopping() {
    return Problem.of(503, "stopping", "The hub is stopping; send the same request again later.")
        .retryAfter(STORE_RETRY_SECONDS);
  }

  /** The hub has too many requests, or this one waited longer than its sender does. */
  public static Problem overloaded() {
    return Problem.of(
            503, "overloaded", "The hub has too much to do; send the same request again later.")
        .retryAfter(STORE_RETRY_SECONDS);
  }

  static Problem storeUnavailable() {
    return Problem.of(
            503,
            "store-unavailable",
            "The event store does not answer; send the same request again later.")
        .retryAfter(STORE_RETRY_SECONDS);
  }

  /** For a status that the HTTP server chose itself. */
  public static Problem ofStatus(int status) {
    return switch (status) {
      case 400 ->
          Problem.of(400, "payload-invalid", "The request cannot be read as HTTP says it should.");
      case 404 -> Problem.of(404, "not-found", "There is nothing at this path.");
      case 405 ->
          Problem.of(
              405,
              "method-not-allowed",
              "This path does not take this method; see the Allow header.");
      case 406 ->
          Problem.of(
              406,
              "not-acceptable",
              "This path does not answer with what the Accept header asks for.");
      case 408 -> Problem.of(408, "request-timeout", "The request took too long.");
      case 413 -> Problem.of(413, "payload-too-large", "The body is larger than this path takes.");
      case 414 -> Problem.of(414, "uri-too-long", "The path with its query is too long.");
      case 415 ->
          Problem.of(415, "media-type-unsupported", "This path does not take this Content-Type.");
      case 431 ->
          Problem.of(431, "headers-too-large", "The request's headers are larger than 8 KiB.");
      default ->
          Problem.of(
              status,
              status >= 500 ? "internal-error" : "request-refused",
              "The request was refused.");
    };
  }
}
