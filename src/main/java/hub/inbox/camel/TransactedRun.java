package hub.inbox.camel;

import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * Marks an exchange, and those that its steps make of it, as running in a transaction, and keeps
 * the first failure of a step: the event is rolled back even when the route goes on. Not
 * thread-safe.
 */
final class TransactedRun {
  private static final String PROPERTY = "HubTransactedRun";

  private Throwable failure;

  void attachTo(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  static Optional<TransactedRun> of(Exchange exchange) {
    return Optional.ofNullable(exchange.getProperty(PROPERTY, TransactedRun.class));
  }

  void failed(Throwable error) {
    if (failure == null) {
      failure = error;
    }
  }

  /** The first failure of a step that used the database. */
  Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }
}
