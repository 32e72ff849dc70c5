package hub.catchup;

import hub.call.policy.CallFailedException;
import hub.call.policy.CallOutcome;
import hub.catchup.Undelivered.Window;
import hub.http.problem.ProblemException;
import hub.poll.ErrorText;
import hub.poll.PageFaultException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run and its row, by schedule or as an operator asked for it. Of one thread. */
final class CatchUpWork {
  private static final Logger LOG = LoggerFactory.getLogger("hub.catchup");

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /** What keeps other nodes from the same run; nothing for an operator's. */
  interface Lease {
    /** Whether this node still has it. */
    boolean renew() throws SQLException;

    /**
     * @param resume where the next run goes on
     */
    void release(boolean failed, boolean interrupted, Optional<String> resume) throws SQLException;
  }

  private static final Lease NONE =
      new Lease() {
        @Override
        public boolean renew() {
          return true;
        }

        @Override
        public void release(boolean failed, boolean interrupted, Optional<String> resume) {
          // An operator's run changes nothing in the schedule.
        }
      };

  private final CatchUpRun run;
  private final CatchUpTable table;
  private final Lease lease;
  private final AtomicInteger parts;
  private Optional<Exception> failure = Optional.empty();
  private String state = "running";
  private long found;
  private long missing;
  private long appended;

  private CatchUpWork(CatchUpRun run, CatchUpTable table, Lease lease, AtomicInteger parts) {
    this.run = run;
    this.table = table;
    this.lease = lease;
    this.parts = parts;
  }

  static CatchUpWork scheduled(CatchUpRun run, CatchUpTable table, Lease lease) {
    return new CatchUpWork(run, table, lease, new AtomicInteger(1));
  }

  static CatchUpWork ordered(
      CatchUpOrder order,
      Window window,
      Undelivered undelivered,
      CatchUpRun.Sink sink,
      CatchUpTable table) {
    return new CatchUpWork(
        new CatchUpRun(order.id(), undelivered, window, order.dryRun(), Optional.empty(), sink),
        table,
        NONE,
        order.parts());
  }

  CatchUpRun run() {
    return run;
  }

  boolean isOver() {
    return !state.equals("running");
  }

  /** {@code running}, {@code done}, {@code failed} or {@code interrupted}. */
  String state() {
    return state;
  }

  /**
   * Reads a page or stores some events, and writes the progress down.
   *
   * @param stop ends it at once
   * @return the events that were new
   */
  List<ShowEvent.Stored> step(boolean stop) {
    if (stop) {
      end("interrupted");
      return List.of();
    }
    List<ShowEvent.Stored> added = List.of();
    try {
      added = run.step();
      table.count(
          run.id(), run.found() - found, run.missing() - missing, run.appended() - appended);
      found = run.found();
      missing = run.missing();
      appended = run.appended();
      failure = run.failure();
      if (run.isOver()) {
        end(isStopped() ? "interrupted" : failure.isPresent() ? "failed" : "done");
      } else if (!lease.renew()) {
        end("interrupted");
      }
    } catch (Exception e) {
      failure = Optional.of(e);
      end("failed");
    }
    return added;
  }

  private boolean isStopped() {
    return failure.filter(CancellationException.class::isInstance).isPresent();
  }

  private void end(String how) {
    state = how;
    try {
      boolean last = parts.decrementAndGet() == 0;
      if (last || failure.isPresent()) {
        table.end(run.id(), how, failure.map(this::text));
      }
      lease.release(
          failure.isPresent() && !isStopped(),
          how.equals("interrupted"),
          isWorthResuming() ? run.resume() : Optional.empty());
    } catch (SQLException | RuntimeException e) {
      LOG.warn("catch-up={} outcome=not-written: {}", run.id(), e.toString());
    }
  }

  /** A place that the provider refused, or that leads nowhere, would be refused again. */
  private boolean isWorthResuming() {
    return failure
        .filter(CallFailedException.class::isInstance)
        .map(e -> ((CallFailedException) e).failure().outcome() != CallOutcome.REJECTED)
        .orElse(false);
  }

  /** What went wrong, and what to do where that is known. */
  private String text(Exception e) {
    boolean isForeseen =
        e.getMessage() != null
            && (e instanceof CallFailedException
                || e instanceof ProblemException
                || e instanceof PageFaultException
                || e instanceof IOException);
    String message = isForeseen ? e.getMessage() : ErrorText.of(e);
    boolean refused =
        e instanceof CallFailedException call
            && (call.failure().status() == UNAUTHORIZED || call.failure().status() == FORBIDDEN);
    return refused ? message + "; " + run.undelivered().remedy() : message;
  }

  /** One line for people. */
  void log(String source) {
    if (failure.isPresent()) {
      LOG.warn(
          "catch-up source={} outcome={} found={} missing={} appended={}: {}",
          source,
          state,
          run.found(),
          run.missing(),
          run.appended(),
          text(failure.get()));
      return;
    }
    LOG.info(
        "catch-up source={} outcome={} dryRun={} since={} until={} found={} missing={} appended={}",
        source,
        state,
        run.isDry(),
        run.window().since(),
        run.window().until(),
        run.found(),
        run.missing(),
        run.appended());
  }
}
