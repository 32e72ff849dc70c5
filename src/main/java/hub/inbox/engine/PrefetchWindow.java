package hub.inbox.engine;

import java.util.concurrent.TimeUnit;

/**
 * How many events to hold at a time: about a quarter of a second's work, so that a fast handler
 * need not wait for the next claim and a slow one leaves the rest to other nodes. Thread-safe.
 */
public final class PrefetchWindow {
  private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int MOST_EVENTS = 500;

  /** Share of the newest measurement in the average. */
  private static final double WEIGHT = 0.05;

  private final int concurrency;
  private double nanos = AHEAD_NANOS;

  public PrefetchWindow(int concurrency) {
    this.concurrency = concurrency;
  }

  public synchronized void measured(long handlingNanos) {
    nanos += WEIGHT * (handlingNanos - nanos);
  }

  public synchronized int window() {
    double byTime = concurrency * AHEAD_NANOS / Math.max(nanos, 1);
    return (int) Math.max(concurrency, Math.min(MOST_EVENTS, byTime));
  }
}
