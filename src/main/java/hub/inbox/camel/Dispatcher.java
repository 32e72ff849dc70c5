package hub.inbox.camel;

import hub.config.Setting;
import hub.inbox.engine.LeasedDelivery;
import hub.inbox.engine.Signal;
import hub.inbox.engine.StoreOutage;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims for one handler: as soon as it is woken, when the next event falls due, and, as a safety
 * net, now and then. An idle handler costs one small query each {@code hub.inbox.poll-seconds}.
 */
public final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /**
   * Something is due but may not be claimed: its lane is busy on another node, or another node is
   * claiming it.
   */
  private static final long BUSY_MILLIS = 100;

  /** After an outage of the store, until abandoned events may be looked for. */
  private static final long GRACE_LOOK_MILLIS = 1_000;

  /** Abandoned events are looked for six times a lease: one waits little longer than for it. */
  private static final int LOOKS_A_LEASE = 6;

  private static final long SHORTEST_LOOK_MILLIS = 1_000;
  private static final long LONGEST_LOOK_MILLIS = 10_000;

  private static final long SHORTEST_BACKOFF_MILLIS = 100;
  private static final long LONGEST_BACKOFF_MILLIS = 5_000;

  private final InboxConsumer consumer;
  private final Signal signal;
  private final long pollMillis;
  private final Thread thread;
  private final Semaphore mayRunAlone;
  private final long lookMillis;
  private long nextLook = System.nanoTime();

  /** An abandoned event runs, or is to run as soon as nothing else does. */
  private boolean alone;

  private volatile boolean paused;
  private volatile boolean closed;
  private long busyMillis = BUSY_MILLIS;

  Dispatcher(InboxConsumer consumer, Signal signal) {
    this.consumer = consumer;
    this.signal = signal;
    this.pollMillis =
        TimeUnit.SECONDS.toMillis(
            consumer.getEndpoint().inbox().settings().count(Setting.POLL_SECONDS));
    this.mayRunAlone = consumer.getEndpoint().inbox().alone();
    this.lookMillis = lookMillis(consumer.getEndpoint().getLeaseSeconds());
    this.thread = new Thread(this::run, "inbox-claim-" + consumer.getRouteId());
    this.thread.setDaemon(true);
    this.thread.start();
  }

  boolean paused() {
    return paused;
  }

  void pause() {
    paused = true;
    signal.up();
  }

  void goOn() {
    paused = false;
    signal.up();
  }

  private void run() {
    try {
      claimUntilClosed();
    } finally {
      leaveAlone();
    }
  }

  private void claimUntilClosed() {
    long backoff = 0;
    while (!closed) {
      long wait;
      long asked = outage().now();
      try {
        wait = claimAndSayHowLongToWait();
        backoff = 0;
      } catch (SQLException | RuntimeException e) {
        backoff = nextBackoff(backoff);
        wait = backoff;
        tell(e, backoff, asked);
      }
      try {
        signal.await(wait);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  static long lookMillis(int leaseSeconds) {
    long millis = TimeUnit.SECONDS.toMillis(leaseSeconds) / LOOKS_A_LEASE;
    return Math.max(SHORTEST_LOOK_MILLIS, Math.min(LONGEST_LOOK_MILLIS, millis));
  }

  /** Doubled with every failure in a row; a success begins anew. */
  public static long nextBackoff(long millis) {
    return Math.min(LONGEST_BACKOFF_MILLIS, Math.max(SHORTEST_BACKOFF_MILLIS, millis * 2));
  }

  private void tell(Exception error, long backoff, long asked) {
    if (!outage().explains(error, asked)) {
      LOG.warn(
          "inbox=claim outcome=failed route={} retryMs={} error={}",
          consumer.getRouteId(),
          backoff,
          error.toString());
    }
  }

  private long claimAndSayHowLongToWait() throws SQLException {
    int window = consumer.window();
    consumer.held().renewLapsed();
    if (paused) {
      leaveAloneWhenIdle();
      return pollMillis;
    }
    if (runsAlone()) {
      return pollMillis;
    }
    int room = window - consumer.held().size();
    if (room < Math.max(1, window / 4)) {
      return pollMillis;
    }
    long asked = outage().now();
    List<LeasedDelivery> claimed = consumer.claim(room);
    outage().over(asked);
    claimed.forEach(consumer::work);
    if (closed) {
      consumer.releaseUnbegun();
    }
    if (claimed.size() == room) {
      return 0;
    }
    long untilDue = consumer.millisUntilDue(false);
    if (untilDue > 0 || !claimed.isEmpty()) {
      busyMillis = BUSY_MILLIS;
    }
    long wait = Math.min(untilDue > 0 ? untilDue : busyWait(), pollMillis);
    return outage().mayTakeOver() ? wait : Math.min(wait, GRACE_LOOK_MILLIS);
  }

  /**
   * After a crash, what had begun is handled one event at a time and beside no other of this
   * handler: whichever of them brought the process down costs its neighbours nothing when it does
   * so again.
   *
   * @return whether such an event is being handled, or waits for the others to end
   */
  private boolean runsAlone() throws SQLException {
    if (!alone) {
      long now = System.nanoTime();
      if (nextLook - now > 0 || !mayRunAlone.tryAcquire()) {
        return false;
      }
      alone = true;
      nextLook = now + TimeUnit.MILLISECONDS.toNanos(lookMillis);
      if (!consumer.isAnyAbandoned()) {
        leaveAlone();
        return false;
      }
    }
    if (consumer.held().size() > 0) {
      return true;
    }
    Optional<LeasedDelivery> next = consumer.takeOver();
    next.ifPresent(consumer::workAlone);
    if (next.isEmpty()) {
      leaveAlone();
    }
    return next.isPresent();
  }

  /** A handler that is suspended must not keep the others' abandoned events waiting. */
  private void leaveAloneWhenIdle() {
    if (consumer.held().size() == 0) {
      leaveAlone();
    }
  }

  private void leaveAlone() {
    if (alone) {
      alone = false;
      mayRunAlone.release();
    }
  }

  private StoreOutage outage() {
    return consumer.getEndpoint().inbox().outage();
  }

  /** A lane may wait for hours for its first event's retry: ask ever more rarely. */
  private long busyWait() throws SQLException {
    long wait = Math.min(busyMillis, consumer.millisUntilDue(true));
    busyMillis = Math.min(2 * busyMillis, pollMillis);
    return wait;
  }

  /** Claims nothing more, and waits for nobody. */
  void end() {
    paused = true;
    closed = true;
    // Not an interrupt: it would close the embedded database's file under everybody's feet.
    signal.up();
  }

  /** Ends; waits for that at most {@code millis}. */
  void close(long millis) {
    end();
    try {
      thread.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
