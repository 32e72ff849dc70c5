package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryScheduleTest {
  private static RetrySchedule schedule(double random) {
    return new RetrySchedule(List.of(5L), () -> random);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void a_provider_that_wants_a_day_is_asked_again_within_the_day(double random) {
    Duration day = Duration.ofDays(1);

    assertThat(schedule(random).notBefore(day)).isEqualTo(day);
    assertThat(schedule(random).notBefore(Duration.ofHours(23)))
        .isBetween(Duration.ofHours(23), day);
  }

  @Test
  void a_provider_that_names_a_time_is_not_asked_before_it() {
    assertThat(schedule(0).notBefore(Duration.ofMinutes(10)))
        .isBetween(Duration.ofMinutes(10), Duration.ofMinutes(10).plusMillis(1));
    assertThat(schedule(1).notBefore(Duration.ofMinutes(10)))
        .isBetween(Duration.ofMinutes(12), Duration.ofMinutes(12).plusMillis(1));
  }
}
