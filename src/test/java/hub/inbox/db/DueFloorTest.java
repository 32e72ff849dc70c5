package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DueFloorTest {
  private static final OffsetDateTime NOON =
      OffsetDateTime.of(2026, 1, 1, 12, 0, 0, 0, ZoneOffset.UTC);
  private static final String ROUTE = "in-order";

  private final AtomicLong nanos = new AtomicLong();
  private final DueFloor floor = new DueFloor(nanos::get, DueFloor.MARGIN);

  @Test
  void a_claim_that_is_quick_looks_at_all() {
    claim(NOON, Duration.ofMillis(5));
    assertThat(floor.of(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void after_one_that_took_long_the_next_begin_a_second_before_the_oldest() {
    claim(NOON, Duration.ofMillis(20));
    assertThat(floor.of(ROUTE)).isEqualTo(NOON.minusSeconds(1));
    assertThat(floor.of("another")).isEqualTo(OffsetDateTime.MIN);

    claim(NOON.plusSeconds(3), Duration.ofMillis(1));
    assertThat(floor.of(ROUTE)).isEqualTo(NOON.plusSeconds(2));
  }

  @Test
  void it_never_goes_back() {
    claim(NOON, Duration.ofMillis(20));
    claim(NOON.minusMinutes(1), Duration.ofMillis(1));
    assertThat(floor.of(ROUTE)).isEqualTo(NOON.minusSeconds(1));
  }

  @Test
  void a_fiftieth_of_the_time_is_spent_on_looking_at_all() {
    claim(NOON, Duration.ofMillis(20));
    pass(Duration.ofMillis(999));
    assertThat(floor.of(ROUTE)).isNotEqualTo(OffsetDateTime.MIN);
    pass(Duration.ofMillis(1));
    assertThat(floor.of(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void all_are_looked_at_every_ten_seconds() {
    claim(NOON, Duration.ofSeconds(2));
    pass(Duration.ofMillis(9_999));
    assertThat(floor.of(ROUTE)).isNotEqualTo(OffsetDateTime.MIN);
    pass(Duration.ofMillis(1));
    assertThat(floor.of(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void once_looking_at_all_is_quick_again_each_claim_does() {
    claim(NOON, Duration.ofMillis(20));
    pass(Duration.ofSeconds(1));
    claim(NOON, Duration.ofMillis(2));
    assertThat(floor.of(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  private void claim(OffsetDateTime oldest, Duration took) {
    OffsetDateTime from = floor.of(ROUTE);
    long begun = floor.now();
    pass(took);
    floor.looked(ROUTE, from, oldest, begun);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
