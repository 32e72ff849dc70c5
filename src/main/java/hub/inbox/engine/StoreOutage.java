package hub.inbox.engine;

import hub.db.StoreUnavailableException;
import hub.util.log.OutOfMemoryFilter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the event store is away, told once when it goes and once when it is back, however many
 * handlers notice. While it is away, this node tries to renew its leases again and again, so that
 * its first statement afterwards keeps what it holds. Thread-safe.
 */
public final class StoreOutage {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOutage.class);

  /**
   * An outage of the store lets every node's leases run out, though their holders live. After it,
   * this node takes nothing over until the others have had time to come back and renew theirs.
   */
  static final Duration GRACE = Duration.ofSeconds(10);

  private static final long TRY_MILLIS = 250;

  /** Renews the leases of one handler. */
  public interface Renewal {
    void renew() throws SQLException;
  }

  /** Asks the store for a write, also when there is nothing to renew. */
  private final Renewal ask;

  private final LongSupplier nanos;
  private final List<Renewal> renewals = new CopyOnWriteArrayList<>();
  private boolean away;
  private boolean everAway;

  /** When it went, while it is away; when it came back, afterwards. */
  private long since;

  private volatile boolean closed;

  StoreOutage(Renewal ask, LongSupplier nanos) {
    this.ask = ask;
    this.nanos = nanos;
  }

  public void add(Renewal renewal) {
    renewals.add(renewal);
  }

  public void remove(Renewal renewal) {
    renewals.remove(renewal);
  }

  /**
   * Takes note of a failure.
   *
   * @param asked when the store was asked, by {@link #now}: an error of an earlier question says
   *     nothing of a store that has come back since
   * @return false when it is about something else than the store's being away, and not told yet
   */
  public boolean explains(Exception error, long asked) {
    OutOfMemoryFilter.endIfCause(error);
    if (!(error instanceof StoreUnavailableException) && !isConnection(error)) {
      return false;
    }
    if (begin(asked)) {
      LOG.warn("inbox=store outcome=away, trying again until it is back: {}", error.toString());
    } else {
      LOG.debug("the store is or was away", error);
    }
    return true;
  }

  private synchronized boolean begin(long asked) {
    if (away || closed || (everAway && asked - since < 0)) {
      return false;
    }
    away = true;
    everAway = true;
    since = nanos.getAsLong();
    Thread thread = new Thread(this::renewUntilBack, "inbox-outage");
    thread.setDaemon(true);
    thread.start();
    return true;
  }

  private void renewUntilBack() {
    try {
      do {
        TimeUnit.MILLISECONDS.sleep(TRY_MILLIS);
      } while (!closed && !renewed());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean renewed() {
    long asked = now();
    try {
      ask.renew();
      for (Renewal renewal : renewals) {
        renewal.renew();
      }
      over(asked);
      return true;
    } catch (SQLException | RuntimeException e) {
      OutOfMemoryFilter.endIfCause(e);
      LOG.debug("the store is still away", e);
      // Away for something else than its connection: each handler tells that by itself.
      return !isAway();
    }
  }

  /** The time for {@link #over} and {@link #explains}, in nanoseconds from somewhere. */
  public long now() {
    return nanos.getAsLong();
  }

  /**
   * The store has answered.
   *
   * @param asked when it was asked, by {@link #now}: an answer to an earlier question says nothing
   *     of an outage that began since
   */
  public void over(long asked) {
    Duration time;
    synchronized (this) {
      if (!away || asked - since < 0) {
        return;
      }
      away = false;
      long now = nanos.getAsLong();
      time = Duration.ofNanos(now - since);
      since = now;
      notifyAll();
    }
    LOG.info("inbox=store outcome=back awayMs={}", time.toMillis());
  }

  synchronized boolean isAway() {
    return away;
  }

  /** Whether leases that ran out may be taken over. */
  public synchronized boolean mayTakeOver() {
    return !everAway || (!away && nanos.getAsLong() - since >= GRACE.toNanos());
  }

  /** Returns when the store is back, at the latest after {@code millis}. */
  synchronized void awaitEnd(long millis) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = millis;
    while (away && left > 0) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }

  void close() {
    closed = true;
  }

  /**
   * SQL state class 08 is the connection's, 57P a server's that starts or stops, 53 one's without
   * room on its disk or for a session; 25006 is of one that only reads, such as a standby.
   */
  private static boolean isConnection(Throwable error) {
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof StoreUnavailableException) {
        return true;
      }
      if (t instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        if (state.startsWith("08")
            || state.startsWith("57P")
            || state.startsWith("53")
            || state.equals("25006")) {
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
