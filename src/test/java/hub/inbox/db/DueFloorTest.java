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
    assertThat(floor.next(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void after_one_that_took_long_the_next_begin_a_second_before_the_oldest() {
    claim(NOON, Duration.ofMillis(20));
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusSeconds(1));
    assertThat(floor.next("another")).isEqualTo(OffsetDateTime.MIN);

    claim(NOON.plusSeconds(3), Duration.ofMillis(1));
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.plusSeconds(2));
  }

  @Test
  void what_others_make_due_does_not_lower_it() {
    claim(NOON, Duration.ofMillis(20));
    claim(NOON.minusMinutes(1), Duration.ofMillis(1));
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusSeconds(1));
  }

  @Test
  void a_fiftieth_of_the_time_is_spent_on_looking_at_all() {
    claim(NOON, Duration.ofMillis(20));
    pass(Duration.ofMillis(999));
    assertThat(floor.next(ROUTE)).isNotEqualTo(OffsetDateTime.MIN);
    pass(Duration.ofMillis(1));
    assertThat(floor.next(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void all_are_looked_at_every_ten_seconds() {
    claim(NOON, Duration.ofSeconds(2));
    pass(Duration.ofMillis(9_999));
    assertThat(floor.next(ROUTE)).isNotEqualTo(OffsetDateTime.MIN);
    pass(Duration.ofMillis(1));
    assertThat(floor.next(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void once_looking_at_all_is_quick_again_each_claim_does() {
    claim(NOON, Duration.ofMillis(20));
    pass(Duration.ofSeconds(1));
    claim(NOON, Duration.ofMillis(2));
    assertThat(floor.next(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void what_the_node_makes_due_lowers_it_until_claims_see_that_by_themselves() {
    claim(NOON, Duration.ofMillis(200));
    floor.lower(ROUTE, NOON.minusMinutes(1));
    floor.lower("another", NOON.minusMinutes(2));
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusMinutes(1));

    pass(Duration.ofMillis(900));
    // Not committed yet.
    claim(NOON, Duration.ofMillis(200));
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusMinutes(1));

    for (int i = 0; i < 3; i++) {
      pass(Duration.ofSeconds(1));
      claim(NOON, Duration.ofMillis(1));
    }
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusSeconds(1));
  }

  @Test
  void what_is_made_due_during_a_claim_is_not_below_it() {
    OffsetDateTime from = floor.next(ROUTE);
    long begun = floor.now();
    pass(Duration.ofSeconds(3));
    floor.lower(ROUTE, NOON.minusMinutes(1));
    pass(Duration.ofSeconds(3));
    floor.looked(ROUTE, from, NOON, begun);

    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusMinutes(1));
  }

  @Test
  void while_looking_at_all_fails_claims_go_on_from_where_they_were() {
    claim(NOON, Duration.ofMillis(20));
    floor.lookAtAll(ROUTE);
    assertThat(floor.next(ROUTE)).isEqualTo(OffsetDateTime.MIN);
    // As long as the database lets a statement run.
    pass(Duration.ofSeconds(25));

    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusSeconds(1));
    pass(Duration.ofMillis(9_999));
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusSeconds(1));
    pass(Duration.ofMillis(1));
    assertThat(floor.next(ROUTE)).isEqualTo(OffsetDateTime.MIN);
  }

  @Test
  void after_a_claim_that_did_not_look_at_all_one_that_does_is_due() {
    claim(NOON, Duration.ofMillis(20));
    assertThat(floor.millisUntilAll(ROUTE)).isEqualTo(Long.MAX_VALUE);
    claim(NOON, Duration.ofMillis(100));
    assertThat(floor.millisUntilAll(ROUTE)).isEqualTo(900);
    pass(Duration.ofSeconds(2));
    assertThat(floor.millisUntilAll(ROUTE)).isEqualTo(100);
    claim(NOON, Duration.ofMillis(20));
    assertThat(floor.millisUntilAll(ROUTE)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_look_at_all_that_is_asked_for_forgets_nothing_that_was_made_due() {
    claim(NOON, Duration.ofMillis(200));
    floor.lower(ROUTE, NOON.minusMinutes(1));
    floor.lookAtAll(ROUTE);
    assertThat(floor.next(ROUTE)).isEqualTo(OffsetDateTime.MIN);

    claim(NOON, Duration.ofMillis(200));
    assertThat(floor.next(ROUTE)).isEqualTo(NOON.minusMinutes(1));
  }

  private void claim(OffsetDateTime oldest, Duration took) {
    OffsetDateTime from = floor.next(ROUTE);
    long begun = floor.now();
    pass(took);
    floor.looked(ROUTE, from, oldest, begun);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
