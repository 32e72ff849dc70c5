package hub.inbox.camel;

import java.sql.SQLException;

/**
 * An event failed after one of its steps had ended the transaction, perhaps by a commit: its
 * effects may stay, and a retry would repeat them, so the event is dead.
 */
final class TransactionLeftException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param failure of the event
   * @param cause why it cannot be rolled back
   */
  TransactionLeftException(Throwable failure, SQLException cause) {
    super(
        "a step ended the transaction, as DDL and COMMIT do, before this failure: "
            + new HandlingFailure(failure, "").text()
            + "; effects may have stayed: look at them before a replay, and keep such steps out of the handler");
    addSuppressed(cause);
  }
}
