package hub.inbox.simulation;

import hub.inbox.engine.Signal;
import hub.inbox.engine.Timing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A node's clocks, waits and threads under a baton. */
final class VirtualTiming implements Timing {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Baton baton;
  private final int node;
  private final Duration wallAhead;
  private final long nanosAhead;
  private final Clock clock =
      new Clock() {
        @Override
        public Instant instant() {
          return START.plusNanos(baton.now()).plus(wallAhead);
        }

        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }
      };

  /**
   * @param wallAhead how far the node's wall clock is ahead of the database's
   */
  VirtualTiming(Baton baton, int node, Duration wallAhead, long nanosAhead) {
    this.baton = baton;
    this.node = node;
    this.wallAhead = wallAhead;
    this.nanosAhead = nanosAhead;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public long nanos() {
    return baton.now() + nanosAhead;
  }

  /** A crashed node's threads are told to end by an interrupt, which the engine's loops obey. */
  @Override
  public void sleep(long millis) throws InterruptedException {
    pause(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private void pause(long nanos) throws InterruptedException {
    try {
      baton.pause(nanos + baton.upTo(1_000_000));
    } catch (Baton.Crashed e) {
      throw new InterruptedException("crashed");
    }
  }

  @Override
  public Thread start(String name, Runnable work) {
    return baton.start(node, name, work);
  }

  /** Whoever holds it may give the baton on meanwhile. */
  @Override
  public Lock lock() {
    return new ReentrantLock() {
      private static final long serialVersionUID = 1L;
      private boolean held;

      @Override
      public void lock() {
        while (held) {
          baton.pause(baton.upTo(2_000_000));
        }
        held = true;
      }

      @Override
      public void unlock() {
        held = false;
      }
    };
  }

  @Override
  public Signal signal() {
    return new VirtualSignal();
  }

  private final class VirtualSignal extends Signal {
    private boolean up;
    private Optional<Baton.Task> waiter = Optional.empty();

    @Override
    public void raise() {
      up = true;
      waiter.ifPresent(task -> baton.wake(task, baton.upTo(500_000)));
    }

    @Override
    public void await(long millis) throws InterruptedException {
      waiter = Optional.of(baton.current());
      try {
        pause(up ? 0 : TimeUnit.MILLISECONDS.toNanos(millis));
      } finally {
        waiter = Optional.empty();
        up = false;
      }
    }
  }
}
