package hub.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** A wall clock ahead of the machine's by the environment's {@code CLOCK_AHEAD}. */
public final class ClockAhead extends Clock {
  private final Clock clock =
      offset(Clock.systemUTC(), Duration.parse(System.getenv("CLOCK_AHEAD")));

  @Override
  public ZoneId getZone() {
    return clock.getZone();
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return clock.withZone(zone);
  }

  @Override
  public Instant instant() {
    return clock.instant();
  }
}
