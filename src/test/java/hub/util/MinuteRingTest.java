package hub.util;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.SettableClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MinuteRingTest {
  @Test
  void a_minute_is_kept_for_a_quarter_of_an_hour_and_then_forgotten() {
    SettableClock clock = SettableClock.standing();
    MinuteRing<AtomicInteger> minuteRing = new MinuteRing<>(clock, AtomicInteger::new);
    long first = MinuteRing.number(clock);
    minuteRing.note(AtomicInteger::incrementAndGet);
    minuteRing.note(AtomicInteger::incrementAndGet);
    clock.advance(Duration.ofMinutes(14));

    assertThat(minuteRing.at(first, AtomicInteger::get)).contains(2);
    assertThat(sum(minuteRing)).isEqualTo(2);
    assertThat(minuteRing.at(first + 1, AtomicInteger::get)).isEmpty();

    clock.advance(Duration.ofMinutes(1));
    assertThat(sum(minuteRing)).isZero();
    minuteRing.note(AtomicInteger::incrementAndGet);
    assertThat(minuteRing.at(first, AtomicInteger::get)).isEmpty();
    assertThat(minuteRing.at(first + 15, AtomicInteger::get)).contains(1);
  }

  private static int sum(MinuteRing<AtomicInteger> minuteRing) {
    AtomicInteger sum = new AtomicInteger();
    minuteRing.each(one -> sum.addAndGet(one.get()));
    return sum.get();
  }

  @Test
  void times_tell_their_quantiles_within_a_tenth_also_after_they_were_written_down() {
    LatencyHistogram odd = new LatencyHistogram();
    LatencyHistogram even = new LatencyHistogram();
    for (int i = 1; i <= 1_000; i++) {
      (i % 2 == 0 ? even : odd).add(i);
    }
    even.add(LatencyHistogram.of(odd.text()));

    assertThat(even.count()).isEqualTo(1_000);
    assertThat(even.quantile(0.5)).isBetween(440L, 560L);
    assertThat(even.quantile(0.95)).isBetween(850L, 1_050L);
    assertThat(new LatencyHistogram().quantile(0.95)).isZero();
    assertThat(LatencyHistogram.of("").text()).isEmpty();
    even.add(Long.MAX_VALUE);
    assertThat(LatencyHistogram.of(even.text()).count()).isEqualTo(1_001);
  }
}
