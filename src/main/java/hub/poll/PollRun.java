package hub.poll;

import hub.call.policy.CallFailedException;
import hub.call.policy.CallOutcome;
import hub.call.policy.Provider;
import hub.db.SqlStates;
import hub.db.StoreBusyException;
import hub.http.problem.ProblemException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a poll, from its lease to its end, as an iterator over the items that it stores. It
 * never fails: what goes wrong is logged, counted and written down. For one thread.
 */
final class PollRun implements Iterator<PolledItem>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("hub.poll");

  /** Where a walk reads the whole list: kept this long after the list has shown it last. */
  private static final Duration KEPT_AFTER_SHOWN = Duration.ofDays(7);

  /** Where runs read only what is new, and so cannot tell what the list still shows. */
  private static final Duration KEPT_UNSEEN = Duration.ofDays(365);

  /** The lease that the run holds. */
  record Lease(String source, UUID owner, Polls polls) {}

  private final Lease lease;
  private final PollWalk walk;
  private final PollStreak streak;
  private final Provider provider;
  private final BooleanSupplier stopped;
  private final Consumer<Duration> nextRun;
  private final ScheduledFuture<?> renewal;
  private final Deque<PolledItem> waiting = new ArrayDeque<>();
  private boolean ended;

  /**
   * @param stopped whether the run is to end early
   * @param nextRun told how long until the next run is due
   */
  PollRun(
      Lease lease,
      PollWalk walk,
      PollStreak streak,
      Provider provider,
      BooleanSupplier stopped,
      Consumer<Duration> nextRun) {
    this.lease = lease;
    this.walk = walk;
    this.streak = streak;
    this.provider = provider;
    this.stopped = stopped;
    this.nextRun = nextRun;
    this.renewal = lease.polls().keepRenewed(lease.source(), lease.owner());
  }

  @Override
  public boolean hasNext() {
    while (waiting.isEmpty() && !ended) {
      ask();
    }
    return !waiting.isEmpty();
  }

  @Override
  public PolledItem next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return waiting.remove();
  }

  private void ask() {
    try {
      if (stopped.getAsBoolean()) {
        end(PollOutcome.STOPPED, Duration.ZERO);
        return;
      }
      Optional<List<PolledItem>> page = walk.next();
      if (page.isPresent()) {
        waiting.addAll(page.get());
        lease.polls().metrics().stored(lease.source(), page.get().size());
      } else {
        succeeded();
      }
    } catch (CancellationException | LeaseLostException e) {
      end(PollOutcome.STOPPED, Duration.ZERO);
    } catch (PageFaultException e) {
      beginAnew();
      provider.unusable(e.getMessage());
      failed(PollOutcome.PAGE_FAULT, e.getMessage(), Optional.empty());
    } catch (CallFailedException e) {
      boolean isRefused = e.failure().outcome() == CallOutcome.REJECTED;
      if (isRefused && walk.isWithinWalk()) {
        // The address of a next page may be good for a time only.
        beginAnew();
      }
      failed(PollOutcome.CALL_FAILED, e.failure().message(), e.failure().retryAfter());
    } catch (ProblemException e) {
      failed(PollOutcome.FAILED, e.getMessage(), Optional.empty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      end(PollOutcome.STOPPED, Duration.ZERO);
    } catch (Exception e) {
      boolean isStore =
          e instanceof SQLException
              || e instanceof StoreBusyException
              || SqlStates.isCausedByOutage(e);
      failed(
          isStore ? PollOutcome.STORE_FAILED : PollOutcome.FAILED,
          isStore ? String.valueOf(e.getMessage()) : ErrorText.of(e),
          Optional.empty());
    }
  }

  private void succeeded() {
    PollOutcome outcome = walk.isOver() ? PollOutcome.OK : PollOutcome.MORE;
    quietly(() -> lease.polls().table().succeeded(lease.source(), lease.owner()));
    if (walk.isOver()) {
      forget();
    }
    end(outcome, streak.succeeded(outcome, walk.pages(), walk.items()));
  }

  private void failed(PollOutcome outcome, String error, Optional<Duration> wanted) {
    String reason = outcome.text() + ": " + error;
    quietly(() -> lease.polls().table().failed(lease.source(), lease.owner(), reason));
    end(outcome, streak.failed(outcome, error, wanted));
  }

  /** Lets the next run begin its walk at the list's first page; the cursor stays. */
  private void beginAnew() {
    quietly(
        () ->
            lease
                .polls()
                .table()
                .commit(
                    lease.source(),
                    lease.owner(),
                    PollPosition.at(walk.cursor()),
                    Set.of(),
                    Set.of()));
  }

  /** Forgets keys of items that the list does not show any more. */
  private void forget() {
    Instant seenBefore =
        walk.hasReadAll() && walk.begunAt().isPresent()
            ? walk.begunAt().get().minus(KEPT_AFTER_SHOWN)
            : lease.polls().clock().instant().minus(KEPT_UNSEEN);
    quietly(() -> lease.polls().table().forget(lease.source(), seenBefore));
  }

  private void end(PollOutcome outcome, Duration wait) {
    if (ended) {
      return;
    }
    ended = true;
    renewal.cancel(false);
    lease.polls().metrics().ran(lease.source(), outcome);
    Duration due = wait.minus(PollSource.SLACK);
    Duration pause = due.isNegative() ? Duration.ZERO : due;
    quietly(() -> lease.polls().table().release(lease.source(), lease.owner(), pause));
    nextRun.accept(pause);
  }

  private interface Work {
    void run() throws SQLException;
  }

  /** While the store is away the lease runs out by itself, and the run is told of elsewhere. */
  private void quietly(Work work) {
    try {
      work.run();
    } catch (LeaseLostException e) {
      LOG.debug("poll={} lease=lost", lease.source());
    } catch (SQLException | RuntimeException e) {
      LOG.debug("poll={} store=away", lease.source(), e);
    }
  }

  /** Gives the lease back, also when the items that are left are never asked for. */
  @Override
  public void close() {
    end(PollOutcome.STOPPED, Duration.ZERO);
  }
}
