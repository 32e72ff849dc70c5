package hub.inbox.camel;

import hub.config.Setting;
import hub.inbox.engine.Inbox;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.RenamedHandler;
import hub.inbox.engine.Signal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims deliveries for one handler: on a signal, when the next delivery is due, and, as a safety
 * net, every {@code hub.inbox.poll-seconds}, which costs an idle handler one small query.
 */
public final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /**
   * First wait when something is due but cannot be claimed: its lane is busy on another node, or
   * another node is claiming it.
   */
  private static final long BUSY_MILLIS = 100;

  /** Longest wait after an outage, until abandoned deliveries may be taken over again. */
  private static final long GRACE_CHECK_MILLIS = 1_000;

  /** Abandoned deliveries are searched six times a lease, so that they wait little longer. */
  private static final int CHECKS_PER_LEASE = 6;

  private static final long MIN_CHECK_MILLIS = 1_000;
  private static final long MAX_CHECK_MILLIS = 10_000;

  /** How often lanes are checked. */
  private static final long ARRANGE_SECONDS = 30;

  private static final long MIN_BACKOFF_MILLIS = 100;
  private static final long MAX_BACKOFF_MILLIS = 5_000;

  private final HandlerClaims claims;
  private final DeliveryWorkers workers;
  private final RenamedHandler renamed;
  private final OtherVersions otherVersions;
  private final Inbox inbox;
  private final Signal signal;
  private final long pollMillis;
  private final Thread thread;
  private final long checkMillis;
  private long nextCheck;
  private long nextArrangement;
  private boolean arranged;

  /** An abandoned delivery runs, or will run as soon as the other deliveries have ended. */
  private boolean recovering;

  private volatile boolean paused;
  private volatile boolean closed;
  private long busyMillis = BUSY_MILLIS;

  Dispatcher(HandlerClaims claims, DeliveryWorkers workers, RenamedHandler renamed, Signal signal) {
    this.claims = claims;
    this.workers = workers;
    this.renamed = renamed;
    this.otherVersions = new OtherVersions(claims, workers);
    this.inbox = claims.inbox();
    this.signal = signal;
    this.pollMillis = TimeUnit.SECONDS.toMillis(inbox.settings().count(Setting.POLL_SECONDS));
    this.checkMillis = checkMillis(claims.leaseTime());
    this.nextCheck = inbox.timing().nanos();
    this.nextArrangement = nextCheck;
    this.thread = inbox.timing().start("inbox-claim-" + claims.route(), this::run);
  }

  boolean paused() {
    return paused;
  }

  void pause() {
    paused = true;
    signal.raise();
  }

  void resume() {
    paused = false;
    signal.raise();
  }

  private void run() {
    try {
      claimUntilClosed();
    } finally {
      stopRecovery();
    }
  }

  private void claimUntilClosed() {
    long backoff = 0;
    while (!closed) {
      long wait;
      long askedAt = inbox.storeOutage().now();
      try {
        wait = claimAndGetWait();
        backoff = 0;
      } catch (SQLException | RuntimeException e) {
        backoff = nextBackoff(backoff);
        wait = backoff;
        logFailure(e, backoff, askedAt);
      }
      try {
        signal.await(wait);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static long checkMillis(Duration lease) {
    long millis = lease.toMillis() / CHECKS_PER_LEASE;
    return Math.max(MIN_CHECK_MILLIS, Math.min(MAX_CHECK_MILLIS, millis));
  }

  /** Doubles with every failure in a row, from 100 ms to 5 s. */
  public static long nextBackoff(long millis) {
    return Math.min(MAX_BACKOFF_MILLIS, Math.max(MIN_BACKOFF_MILLIS, millis * 2));
  }

  private void logFailure(Exception error, long backoff, long askedAt) {
    if (!inbox.storeOutage().recordIfOutage(error, askedAt)) {
      LOG.warn(
          "inbox=claim outcome=failed route={} retryMs={} error={}",
          claims.route(),
          backoff,
          error.toString());
    }
  }

  private long claimAndGetWait() throws SQLException {
    int window = workers.window();
    claims.leased().renewExpired();
    if (paused) {
      stopRecoveryWhenIdle();
      return pollMillis;
    }
    renamed.takeOver();
    arrangeLanes();
    if (recoversAbandoned()) {
      return pollMillis;
    }
    long pause = otherVersions.pauseMillis();
    if (pause > 0) {
      return pause;
    }
    int room = window - claims.leased().size();
    int idle = workers.idleWorkers();
    if (claims.ordered() && idle > 0) {
      // Events that wait behind others of their key keep no worker busy.
      room = Math.max(room, idle);
    } else if (room < Math.max(1, window / 4)) {
      return pollMillis;
    }
    long askedAt = inbox.storeOutage().now();
    List<LeasedDelivery> claimed = claims.claim(room, idle, workers.laneDepth());
    inbox.storeOutage().recordAnswer(askedAt);
    workers.submit(otherVersions.leave(claimed));
    if (closed) {
      workers.releaseUnstarted();
    }
    if (claimed.size() == room) {
      return 0;
    }
    long untilDue = claims.millisUntilDue(false);
    if (untilDue > 0 || !claimed.isEmpty()) {
      busyMillis = BUSY_MILLIS;
    }
    long wait = Math.min(untilDue > 0 ? untilDue : busyWait(), pollMillis);
    return inbox.storeOutage().mayTakeOver() ? wait : Math.min(wait, GRACE_CHECK_MILLIS);
  }

  /**
   * At the start, because the route may have asked for another order before. Then as a check: a
   * lane is missing only if another version of the hub, or another order of the route, stored the
   * event.
   */
  private void arrangeLanes() throws SQLException {
    long now = inbox.timing().nanos();
    if (nextArrangement - now > 0) {
      return;
    }
    int missing = claims.arrangeLanes();
    if (missing > 0 && arranged) {
      inbox.metrics().missingLanes(claims.route(), missing);
      LOG.warn(
          "inbox=lanes route={} missing={}: made; events waited in them that nobody claimed",
          claims.route(),
          missing);
    }
    arranged = true;
    nextArrangement = now + TimeUnit.SECONDS.toNanos(ARRANGE_SECONDS);
  }

  /**
   * Recovers abandoned deliveries after a crash: one at a time in the process, and alone in its
   * handler. If one of them caused the crash and does so again, no other event loses an attempt.
   *
   * @return whether such a delivery is being handled, or waits for the others to end
   */
  private boolean recoversAbandoned() throws SQLException {
    if (!recovering) {
      long now = inbox.timing().nanos();
      if (nextCheck - now > 0 || !inbox.recoveryPermit().tryAcquire()) {
        return false;
      }
      recovering = true;
      nextCheck = now + TimeUnit.MILLISECONDS.toNanos(checkMillis);
      if (!claims.isAnyAbandoned()) {
        stopRecovery();
        return false;
      }
    }
    if (claims.leased().size() > 0) {
      return true;
    }
    Optional<LeasedDelivery> next = claims.takeOver();
    otherVersions.leave(next.stream().toList()).forEach(workers::submitAlone);
    if (next.isEmpty()) {
      stopRecovery();
    }
    return next.isPresent();
  }

  /** A suspended handler must not keep the permit from the others. */
  private void stopRecoveryWhenIdle() {
    if (claims.leased().size() == 0) {
      stopRecovery();
    }
  }

  private void stopRecovery() {
    if (recovering) {
      recovering = false;
      inbox.recoveryPermit().release();
    }
  }

  /** Doubles each time: the node that is claiming, or that holds a lease, may take long. */
  private long busyWait() throws SQLException {
    long wait = Math.min(busyMillis, claims.millisUntilDue(true));
    busyMillis = Math.min(2 * busyMillis, pollMillis);
    return wait;
  }

  /** Stops claiming; does not wait for the thread. */
  void stop() {
    paused = true;
    closed = true;
    // Not an interrupt, which could close the embedded database's file.
    signal.raise();
  }

  /** Stops claiming; waits for the thread at most {@code millis}. */
  void close(long millis) {
    stop();
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
