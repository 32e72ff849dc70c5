package hub.inbox.engine;

import java.util.concurrent.TimeUnit;

/**
 * How many events a handler leases at a time: about a quarter of a second's work. So a fast handler
 * does not wait for the next claim, and a slow one leaves events to other nodes. Thread-safe.
 */
public final class PrefetchWindow {
  private static final long AHEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int MAX_EVENTS = 500;

  /** Weight of the newest measurement in the moving average. */
  private static final double WEIGHT = 0.05;

  private final int concurrency;
  private double nanos = AHEAD_NANOS;

  public PrefetchWindow(int concurrency) {
    this.concurrency = concurrency;
  }

  public synchronized void record(long handlingNanos) {
    nanos += WEIGHT * (handlingNanos - nanos);
  }

  public synchronized int window() {
    double byTime = concurrency * AHEAD_NANOS / Math.max(nanos, 1);
    return (int) Math.max(concurrency, Math.min(MAX_EVENTS, byTime));
  }
}
