package hub.inbox;

import hub.settings.Setting;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims for one handler: as soon as it is woken, when the next event falls due, and, as a safety
 * net, now and then. An idle handler costs one small query each {@code hub.inbox.poll-seconds}.
 */
final class Dispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

  /**
   * Something is due but may not be claimed: its lane is busy on another node, or another node is
   * claiming it.
   */
  private static final long BUSY_MILLIS = 100;

  private static final long LONGEST_BACKOFF_MILLIS = 5_000;

  private final InboxConsumer consumer;
  private final Wake wake;
  private final long pollMillis;
  private final Thread thread;
  private volatile boolean paused;
  private volatile boolean closed;
  private long busyMillis = BUSY_MILLIS;

  Dispatcher(InboxConsumer consumer, Wake wake) {
    this.consumer = consumer;
    this.wake = wake;
    this.pollMillis =
        TimeUnit.SECONDS.toMillis(
            consumer.getEndpoint().inbox().settings().count(Setting.POLL_SECONDS));
    this.thread = new Thread(this::run, "inbox-claim-" + consumer.getRouteId());
    this.thread.setDaemon(true);
    this.thread.start();
  }

  boolean paused() {
    return paused;
  }

  void pause() {
    paused = true;
  }

  void goOn() {
    paused = false;
    wake.up();
  }

  private void run() {
    long backoff = 0;
    while (!closed) {
      try {
        wake.await(backoff > 0 ? backoff : claimAndSayHowLongToWait());
        backoff = 0;
      } catch (InterruptedException e) {
        return;
      } catch (SQLException | RuntimeException e) {
        backoff = Math.min(LONGEST_BACKOFF_MILLIS, Math.max(100, backoff * 2));
        LOG.warn(
            "inbox=claim outcome=failed route={} retryMs={} error={}",
            consumer.getRouteId(),
            backoff,
            e.toString());
      }
    }
  }

  private long claimAndSayHowLongToWait() throws SQLException {
    int window = consumer.window();
    int room = window - consumer.heldEvents();
    if (paused || room < Math.max(1, window / 4)) {
      return pollMillis;
    }
    List<Held> claimed = consumer.claim(room);
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
    return Math.min(untilDue > 0 ? untilDue : busyWait(), pollMillis);
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
    wake.up();
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
