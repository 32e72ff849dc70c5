package hub.measure;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.SettableClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MinutesTest {
  @Test
  void a_minute_is_kept_for_a_quarter_of_an_hour_and_then_forgotten() {
    SettableClock clock = SettableClock.standing();
    Minutes<AtomicInteger> minutes = new Minutes<>(clock, AtomicInteger::new);
    long first = Minutes.number(clock);
    minutes.note(AtomicInteger::incrementAndGet);
    minutes.note(AtomicInteger::incrementAndGet);
    clock.advance(Duration.ofMinutes(14));

    assertThat(minutes.at(first, AtomicInteger::get)).contains(2);
    assertThat(sum(minutes)).isEqualTo(2);
    assertThat(minutes.at(first + 1, AtomicInteger::get)).isEmpty();

    clock.advance(Duration.ofMinutes(1));
    assertThat(sum(minutes)).isZero();
    minutes.note(AtomicInteger::incrementAndGet);
    assertThat(minutes.at(first, AtomicInteger::get)).isEmpty();
    assertThat(minutes.at(first + 15, AtomicInteger::get)).contains(1);
  }

  private static int sum(Minutes<AtomicInteger> minutes) {
    AtomicInteger sum = new AtomicInteger();
    minutes.each(one -> sum.addAndGet(one.get()));
    return sum.get();
  }

  @Test
  void times_tell_their_quantiles_within_a_tenth_also_after_they_were_written_down() {
    Millis odd = new Millis();
    Millis even = new Millis();
    for (int i = 1; i <= 1_000; i++) {
      (i % 2 == 0 ? even : odd).add(i);
    }
    even.add(Millis.of(odd.text()));

    assertThat(even.count()).isEqualTo(1_000);
    assertThat(even.quantile(0.5)).isBetween(440L, 560L);
    assertThat(even.quantile(0.95)).isBetween(850L, 1_050L);
    assertThat(new Millis().quantile(0.95)).isZero();
    assertThat(Millis.of("").text()).isEmpty();
    even.add(Long.MAX_VALUE);
    assertThat(Millis.of(even.text()).count()).isEqualTo(1_001);
  }
}
