package hub.inbox.engine;

import hub.db.SqlStates;
import hub.util.log.OutOfMemoryFilter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the event store is unavailable. Logs the start and the end of an outage once,
 * however many handlers notice. During an outage this node keeps trying to renew its leases, so
 * that it keeps its events as soon as the store is back. Thread-safe.
 */
public final class StoreOutage {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOutage.class);

  /**
   * During an outage the leases of every node expire, although the nodes live. After it, this node
   * takes nothing over until the others have had time to renew their leases.
   */
  static final Duration GRACE = Duration.ofSeconds(10);

  private static final long RETRY_MILLIS = 250;

  /** How often a waiting thread looks whether the store is back. */
  private static final long LOOK_MILLIS = 20;

  /** Renews the leases of one handler. */
  public interface Renewal {
    void renew() throws SQLException;
  }

  /** A test write, for when there is nothing to renew. */
  private final Renewal testWrite;

  private final Timing timing;
  private final List<Renewal> renewals = new CopyOnWriteArrayList<>();
  private boolean away;
  private boolean hadOutage;

  /** The start of the outage while it lasts, then its end. */
  private long since;

  private volatile boolean closed;

  StoreOutage(Renewal testWrite, Timing timing) {
    this.testWrite = testWrite;
    this.timing = timing;
  }

  public void add(Renewal renewal) {
    renewals.add(renewal);
  }

  public void remove(Renewal renewal) {
    renewals.remove(renewal);
  }

  /**
   * Records a failure of the store, and logs it if an outage starts with it.
   *
   * @param askedAt when the request was sent, by {@link #now}: the error of a request from before
   *     the end of an outage does not start another one
   * @return false when the error does not come from an outage; the caller must log it
   */
  public boolean recordIfOutage(Exception error, long askedAt) {
    OutOfMemoryFilter.endIfCause(error);
    if (!SqlStates.isCausedByOutage(error)) {
      return false;
    }
    if (start(askedAt)) {
      LOG.warn("inbox=store outcome=away, trying again until it is back: {}", error.toString());
    } else {
      LOG.debug("the store is or was away", error);
    }
    return true;
  }

  private synchronized boolean start(long askedAt) {
    if (away || closed || (hadOutage && askedAt - since < 0)) {
      return false;
    }
    away = true;
    hadOutage = true;
    since = timing.nanos();
    timing.start("inbox-outage", this::renewUntilBack);
    return true;
  }

  private void renewUntilBack() {
    try {
      do {
        timing.sleep(RETRY_MILLIS);
      } while (!closed && !renewed());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean renewed() {
    long askedAt = now();
    try {
      testWrite.renew();
      for (Renewal renewal : renewals) {
        renewal.renew();
      }
      recordAnswer(askedAt);
      return true;
    } catch (SQLException | RuntimeException e) {
      OutOfMemoryFilter.endIfCause(e);
      LOG.debug("the store is still away", e);
      // Only an answer to some handler ends the outage; until then, try again.
      return !isAway();
    }
  }

  /** The time for {@link #recordAnswer} and {@link #recordIfOutage}, in nanoseconds. */
  public long now() {
    return timing.nanos();
  }

  /**
   * The store has answered a request.
   *
   * @param askedAt when the request was sent, by {@link #now}: the answer to a request from before
   *     the outage does not end it
   */
  public void recordAnswer(long askedAt) {
    Duration time;
    synchronized (this) {
      if (!away || askedAt - since < 0) {
        return;
      }
      away = false;
      long now = timing.nanos();
      time = Duration.ofNanos(now - since);
      since = now;
    }
    LOG.info("inbox=store outcome=back awayMs={}", time.toMillis());
  }

  synchronized boolean isAway() {
    return away;
  }

  /** Whether expired leases may be taken over. */
  public synchronized boolean mayTakeOver() {
    return !hadOutage || (!away && timing.nanos() - since >= GRACE.toNanos());
  }

  /** Returns when the store is back, at the latest after {@code millis}. */
  void awaitEnd(long millis) throws InterruptedException {
    long end = timing.nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (isAway() && end - timing.nanos() > 0) {
      timing.sleep(LOOK_MILLIS);
    }
  }

  void close() {
    closed = true;
  }
}
