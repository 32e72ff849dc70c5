package hub.inbox;

import hub.store.StoreUnavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the event store is away, told once when it goes and once when it is back, however many
 * handlers notice. Thread-safe.
 */
final class Outage {
  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

  /** {@link System#nanoTime} of the first failure; 0 while the store answers. */
  private final AtomicLong since = new AtomicLong();

  /**
   * Takes note of a failure.
   *
   * @return false when it is about something else than the store's being away, and not told yet
   */
  boolean explains(Exception error) {
    if (!(error instanceof StoreUnavailable) && !isConnection(error)) {
      return false;
    }
    if (since.compareAndSet(0, System.nanoTime() | 1)) {
      LOG.warn("inbox=store outcome=away, trying again until it is back: {}", error.toString());
    } else {
      LOG.debug("the store is still away", error);
    }
    return true;
  }

  /** The store has answered. */
  void over() {
    long begun = since.get();
    if (begun != 0 && since.compareAndSet(begun, 0)) {
      Duration time = Duration.ofNanos(System.nanoTime() - begun);
      LOG.info("inbox=store outcome=back awayMs={}", time.toMillis());
    }
  }

  /** SQL state class 08 is the connection's, 57P a server's that starts or stops. */
  private static boolean isConnection(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof StoreUnavailable) {
        return true;
      }
      if (t instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        if (state.startsWith("08") || state.startsWith("57P")) {
          return true;
        }
      }
      if (t instanceof java.sql.SQLTransientConnectionException) {
        return true;
      }
    }
    return false;
  }
}
