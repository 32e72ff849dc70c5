package hub.http.body;

import static org.assertj.core.api.Assertions.assertThat;

import hub.http.SourceAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
  private static final int KIB = 1024;
  private static final long TOTAL = 1024 * KIB;

  private final AtomicLong now = new AtomicLong();
  private final BodyBudget budget = new BodyBudget(TOTAL, TOTAL, now::get);
  private final List<String> evicted = new ArrayList<>();

  private BodyBudget.Reservation body(String name, SourceAddress from, int bytes) {
    BodyBudget.Reservation body = budget.open(from, () -> evicted.add(name));
    assertThat(body.reserve(bytes)).as(name).isTrue();
    return body;
  }

  private static SourceAddress address(int last, boolean limited) {
    try {
      return SourceAddress.of(InetAddress.getByName("192.0.2." + last), limited);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SourceAddress proxy() {
    return address(1, false);
  }

  @Test
  void a_body_beyond_the_total_gets_no_room_until_another_is_answered() {
    BodyBudget.Reservation first = body("first", proxy(), 1000 * KIB);
    first.complete(1000 * KIB);

    BodyBudget.Reservation second = budget.open(proxy(), () -> evicted.add("second"));
    assertThat(second.reserve(64 * KIB)).isFalse();

    first.release();
    first.release();
    assertThat(second.reserve(64 * KIB)).isTrue();
    assertThat(budget.used()).isEqualTo(64 * KIB);
    assertThat(evicted).isEmpty();
  }

  @Test
  void what_nobody_sends_on_makes_room() {
    BodyBudget.Reservation stalled = body("stalled", proxy(), 900 * KIB);
    now.addAndGet(TimeUnit.SECONDS.toNanos(2));

    body("alive", proxy(), 200 * KIB);

    assertThat(evicted).containsExactly("stalled");
    assertThat(stalled.reserve(1)).isFalse();
    assertThat(budget.used()).isEqualTo(200 * KIB);
  }

  @Test
  void a_small_body_gets_the_room_of_a_large_one_that_is_still_on_its_way() {
    body("large", proxy(), 1000 * KIB);
    body("whole", proxy(), 20 * KIB).complete(20 * KIB);

    body("small", proxy(), 8 * KIB);

    assertThat(evicted).containsExactly("large");
  }

  @Test
  void what_has_arrived_is_kept_until_it_is_answered() {
    body("whole", proxy(), 1020 * KIB).complete(1020 * KIB);
    now.addAndGet(TimeUnit.MINUTES.toNanos(1));

    assertThat(budget.open(proxy(), () -> {}).reserve(8 * KIB)).isFalse();
    assertThat(evicted).isEmpty();
  }

  @Test
  void one_address_gets_a_quarter_and_the_others_the_rest() {
    body("first", address(2, true), 200 * KIB);

    assertThat(budget.open(address(2, true), () -> {}).reserve(57 * KIB)).isFalse();
    assertThat(budget.open(address(3, true), () -> {}).reserve(256 * KIB)).isTrue();
    assertThat(budget.open(proxy(), () -> {}).reserve(400 * KIB)).isTrue();
  }

  @Test
  void one_address_may_always_send_one_of_the_largest_bodies() {
    budget.allowBodiesOf(400 * KIB);

    assertThat(budget.open(address(2, true), () -> {}).reserve(400 * KIB)).isTrue();
    assertThat(budget.open(address(2, true), () -> {}).reserve(1)).isFalse();
  }

  @Test
  void the_heaps_budget_grows_for_two_of_the_largest_bodies_up_to_a_bound() {
    BodyBudget growing = new BodyBudget(100, 200, now::get);
    growing.allowBodiesOf(80);
    assertThat(growing.total()).isEqualTo(160);
    growing.allowBodiesOf(150);
    assertThat(growing.total()).isEqualTo(200);
  }

  @Test
  void the_room_of_pieces_that_were_not_filled_comes_back_with_the_last_byte() {
    body("whole", proxy(), 64 * KIB).complete(10);
    assertThat(budget.used()).isEqualTo(10);
  }
}
