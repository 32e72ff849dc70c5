package hub.trial;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The clock of a hub under test: it goes on from where it is set. Thread-safe. */
final class TrialClock extends Clock {
  private volatile Duration ahead = Duration.ZERO;

  /** Lets it go on from {@code time}. */
  void set(Instant time) {
    ahead = Duration.between(Instant.now(), time);
  }

  synchronized void advance(Duration time) {
    ahead = ahead.plus(time);
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
