package hub.call.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdaptiveRateLimitTest {
  private final AdaptiveRateLimit rate = new AdaptiveRateLimit();

  private static long at(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void a_429_in_a_quiet_hour_is_soon_forgotten() {
    rate.answered(at(0));
    rate.slowDown(at(1), at(0.9), Optional.of(Duration.ofSeconds(1)));
    assertThat(rate.nextSlot(at(1.1))).isEqualTo(at(2));

    rate.nextSlot(at(12));
    assertThat(rate.perSecond()).isBetween(10.0, 20.0);
    rate.nextSlot(at(62));
    assertThat(rate.perSecond()).isInfinite();
  }

  @Test
  void the_pace_goes_below_what_was_answered_in_the_busy_second() {
    for (int i = 0; i < 20; i++) {
      rate.answered(at(i / 100.0));
    }
    rate.slowDown(at(0.3), at(0.2), Optional.empty());
    rate.slowDown(at(0.31), at(0.2), Optional.empty());

    assertThat(rate.perSecond()).isEqualTo(16);
  }

  @Test
  void a_pace_that_is_refused_again_sinks_further() {
    rate.slowDown(at(1), at(0.9), Optional.empty());
    double before = rate.perSecond();
    rate.slowDown(at(2.5), at(2.4), Optional.empty());

    assertThat(rate.perSecond()).isLessThan(before);
  }

  @Test
  void what_is_configured_is_never_exceeded() {
    rate.atMost(5);
    rate.nextSlot(at(100));

    assertThat(rate.perSecond()).isEqualTo(5);
  }
}
