package hub.catchup;

import hub.catchup.Undelivered.Window;
import hub.util.Json;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells when a catch-up runs by itself, on one node at a time. Of one thread. */
final class CatchUpSchedule {
  private static final Logger LOG = LoggerFactory.getLogger("hub.catchup");

  /** How often the store is asked. */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A restart within this time after a run has missed nothing that the next run does not find. */
  private static final Duration RESTART = Duration.ofMinutes(1);

  /**
   * How long before the first start of a source its events are fetched, too: while somebody sets it
   * up, the provider may send already.
   */
  private static final Duration SET_UP = Duration.ofHours(6);

  private static final int MOST_DOUBLINGS = 10;

  private final CatchUpTable table;
  private final CatchUpDues dues;
  private final String source;
  private final String name;
  private final Duration every;
  private final Duration lookback;
  private final Duration olderThan;
  private final Clock clock;
  private long nextLook = System.nanoTime();
  private boolean looked;
  private boolean storeAway;

  /**
   * @param name tells it from other catch-ups; the same on all nodes and after a restart
   * @param olderThan younger events are left to the provider's own retries
   */
  CatchUpSchedule(
      CatchUpTable table,
      String source,
      String name,
      Duration every,
      Duration lookback,
      Duration olderThan,
      Clock clock) {
    this.table = table;
    this.dues = table.dues();
    this.source = source;
    this.name = name;
    this.every = every;
    this.lookback = lookback;
    this.olderThan = olderThan;
    this.clock = clock;
  }

  /** Whole seconds, as providers count. */
  static Window window(Instant since, Instant until) {
    return new Window(since.truncatedTo(ChronoUnit.SECONDS), until.truncatedTo(ChronoUnit.SECONDS));
  }

  /** The run that is due now and that this node has taken. */
  Optional<CatchUpWork> next(Undelivered undelivered, CatchUpRun.Sink sink) {
    if (System.nanoTime() - nextLook < 0 || !dues.ready()) {
      return Optional.empty();
    }
    nextLook = System.nanoTime() + LOOK_NANOS;
    try {
      Optional<CatchUpWork> work = look(undelivered, sink);
      storeAway = false;
      return work;
    } catch (SQLException | RuntimeException e) {
      if (!storeAway) {
        LOG.warn("catch-up source={} outcome=not-run, trying again: {}", source, e.toString());
      }
      storeAway = true;
      return Optional.empty();
    }
  }

  private Optional<CatchUpWork> look(Undelivered undelivered, CatchUpRun.Sink sink)
      throws SQLException {
    boolean first = !looked;
    if (first && dues.isEmbedded()) {
      dues.free(name);
    }
    CatchUpDues.Due due = dues.due(name, source, soon());
    looked = true;
    Instant now = clock.instant();
    if (due.isNew()) {
      tellNew(due, first);
      return Optional.empty();
    }
    boolean afterStart =
        first && due.endedAt().map(end -> end.isBefore(now.minus(RESTART))).orElse(true);
    if (!afterStart && due.nextAt().isAfter(now)) {
      return Optional.empty();
    }
    UUID token = UUID.randomUUID();
    if (!dues.lease(name, token)) {
      // Another node runs it; the start is not made up for again.
      return Optional.empty();
    }
    Optional<CatchUpRun.Resumed> resumed =
        due.resume()
            .map(CatchUpRun.Resumed::of)
            .filter(one -> one.window().since().isAfter(now.minus(lookback).minus(every)));
    Window window = resumed.map(CatchUpRun.Resumed::window).orElse(usual(now));
    CatchUpRun run =
        new CatchUpRun(
            UUID.randomUUID(),
            undelivered,
            window,
            false,
            resumed.map(CatchUpRun.Resumed::cursor),
            sink);
    table.begin(run.id(), source, "running", false, window, "", "schedule");
    return Optional.of(
        CatchUpWork.scheduled(
            run, table, new Leased(token, due.failures(), afterStart, resumed.isPresent())));
  }

  private void tellNew(CatchUpDues.Due due, boolean first) {
    if (first) {
      LOG.info(
          "catch-up source={} outcome=new: nothing was ever stored of it, so nothing was missed; first run at {}. What was sent before is fetched by hand, see the command catch-up",
          source,
          Json.time(due.nextAt()));
    }
  }

  /** When what was missed just before a start is old enough to be fetched. */
  private Duration soon() {
    return !olderThan.isZero() && olderThan.compareTo(every) < 0 ? olderThan : every;
  }

  /** Of a source that is new it does not go back far behind its first start. */
  private Window usual(Instant now) throws SQLException {
    Instant until = now.minus(olderThan);
    Instant since = now.minus(lookback);
    Optional<Instant> begun = dues.begunAt(source).map(at -> at.minus(SET_UP));
    if (begun.filter(since::isBefore).isPresent()) {
      since = begun.get().isBefore(until) ? begun.get() : until.minusSeconds(1);
    }
    return window(since, until);
  }

  /** A run that this node has taken. */
  final class Leased implements CatchUpWork.Lease {
    private final UUID token;
    private final int failures;
    private final boolean afterStart;
    private final boolean resumed;

    Leased(UUID token, int failures, boolean afterStart, boolean resumed) {
      this.token = token;
      this.failures = failures;
      this.afterStart = afterStart;
      this.resumed = resumed;
    }

    @Override
    public boolean renew() throws SQLException {
      return dues.renew(name, token);
    }

    @Override
    public void release(boolean failed, boolean interrupted, Optional<String> resume)
        throws SQLException {
      Instant now = clock.instant();
      // An interrupted run proves nothing.
      int failedRuns = failed ? failures + 1 : interrupted ? failures : 0;
      Duration wait = failed ? backoff(failedRuns) : afterStart ? soon() : every;
      if (interrupted || (resumed && !failed)) {
        wait = Duration.ZERO;
      }
      nextLook = System.nanoTime() + (wait.isZero() ? 0 : LOOK_NANOS);
      dues.release(name, token, now.plus(wait), failedRuns, resume);
    }
  }

  private Duration backoff(int failedRuns) {
    Duration wait = Duration.ofMinutes(1L << Math.min(failedRuns - 1, MOST_DOUBLINGS));
    return wait.compareTo(every) < 0 ? wait : every;
  }
}
