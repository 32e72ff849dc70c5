package hub.inbox.camel;

import java.util.List;

/** Handlers ask for a transaction that cannot hold their effects; one line for each obstacle. */
final class TransactionRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without a stack trace: the fault is in a route. */
  private TransactionRefusedException(List<String> faults) {
    super(String.join("\n", faults), null, false, false);
  }

  static void throwIfAny(List<String> faults) {
    if (!faults.isEmpty()) {
      throw new TransactionRefusedException(faults);
    }
  }
}
