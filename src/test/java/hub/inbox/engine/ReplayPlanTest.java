package hub.inbox.engine;

import static hub.inbox.db.EventState.DEAD;
import static hub.inbox.db.EventState.DONE;
import static hub.inbox.db.EventState.PROCESSING;
import static hub.inbox.db.EventState.RECEIVED;
import static hub.inbox.db.EventState.RETRYING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplayPlanTest {
  private static final List<String> BOTH = List.of("a", "b");

  @Test
  void only_dead_handlers_and_new_ones_run_when_one_is_dead() {
    ReplayPlan plan = ReplayPlan.of(Map.of("a", DONE, "b", DEAD), List.of("a", "b", "c"));

    assertThat(plan.reset()).containsExactly("b");
    assertThat(plan.add()).containsExactly("c");
    assertThat(plan.runNow()).isEmpty();
    assertThat(plan.after()).isEqualTo(RECEIVED);
  }

  @Test
  void all_run_again_when_all_are_done() {
    ReplayPlan plan = ReplayPlan.of(Map.of("a", DONE), BOTH);

    assertThat(plan.reset()).containsExactly("a");
    assertThat(plan.add()).containsExactly("b");
    assertThat(plan.after()).isEqualTo(RECEIVED);
  }

  @Test
  void an_ignored_event_goes_to_whoever_handles_it_now() {
    assertThat(ReplayPlan.of(Map.of(), BOTH).add()).isEqualTo(BOTH);
  }

  @Test
  void who_failed_starts_its_schedule_anew() {
    ReplayPlan plan = ReplayPlan.of(Map.of("a", RETRYING, "b", DONE), BOTH);

    assertThat(plan.reset()).containsExactly("a");
    assertThat(plan.runNow()).isEmpty();
    assertThat(plan.after()).isEqualTo(RECEIVED);
  }

  @Test
  void who_has_not_been_tried_does_not_wait_any_longer() {
    ReplayPlan plan = ReplayPlan.of(Map.of("a", RECEIVED, "b", DONE), BOTH);

    assertThat(plan.runNow()).containsExactly("a");
    assertThat(plan.reset()).isEmpty();
    assertThat(plan.after()).isEqualTo(RECEIVED);
  }

  @Test
  void who_is_at_it_is_left_alone() {
    ReplayPlan alone = ReplayPlan.of(Map.of("a", PROCESSING), List.of("a"));
    ReplayPlan beside = ReplayPlan.of(Map.of("a", PROCESSING, "b", DEAD), BOTH);

    assertThat(alone.runsSomething()).isFalse();
    assertThat(beside.reset()).containsExactly("b");
    assertThat(beside.after()).isEqualTo(PROCESSING);
  }

  @Test
  void who_is_done_does_not_run_again_while_another_is_at_it() {
    assertThat(ReplayPlan.of(Map.of("a", PROCESSING, "b", DONE), BOTH).runsSomething()).isFalse();
  }

  @Test
  void deliveries_of_routes_that_are_gone_are_dropped_unless_done() {
    ReplayPlan plan = ReplayPlan.of(Map.of("a", DEAD, "gone", DEAD, "past", DONE), List.of("a"));

    assertThat(plan.remove()).containsExactly("gone");
    assertThat(plan.reset()).containsExactly("a");
    assertThat(plan.after()).isEqualTo(RECEIVED);
  }

  @Test
  void nothing_is_dropped_when_nobody_handles_it_now() {
    ReplayPlan plan = ReplayPlan.of(Map.of("gone", DEAD), List.of());

    assertThat(plan.runsSomething()).isFalse();
    assertThat(plan.remove()).isEmpty();
  }
}
