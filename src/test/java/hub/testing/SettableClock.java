package hub.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** A clock that a test puts forward. Thread-safe. */
public final class SettableClock extends Clock {
  private final Clock base;
  private volatile Duration ahead = Duration.ZERO;

  private SettableClock(Clock base) {
    this.base = base;
  }

  /** Stands still at a whole second but for {@link #advance}. */
  public static SettableClock standing() {
    return new SettableClock(
        Clock.fixed(Instant.now().truncatedTo(ChronoUnit.SECONDS), ZoneOffset.UTC));
  }

  /** Goes on, and is put forward besides. */
  public static SettableClock running() {
    return new SettableClock(Clock.systemUTC());
  }

  public void advance(Duration time) {
    ahead = ahead.plus(time);
  }

  @Override
  public Instant instant() {
    return base.instant().plus(ahead);
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
