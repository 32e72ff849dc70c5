package hub.monitoring.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlertStateTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Measurement NONE = new Measurement(0, "");
  private static final Measurement SOME = new Measurement(3, "shop");

  private final AlertState quiet = AlertState.unheardOf("a");

  private static AlertRule rule(int forMinutes, int repeatMinutes) {
    return new AlertRule(
        "a",
        AlertCondition.DEAD_LETTERS,
        2,
        "",
        Duration.ofMinutes(5),
        Duration.ofMinutes(forMinutes),
        Duration.ofMinutes(repeatMinutes),
        "warning",
        "{value} of {detail}");
  }

  private static Instant after(int minutes) {
    return START.plus(Duration.ofMinutes(minutes));
  }

  @Test
  void while_nothing_is_wrong_nothing_changes() {
    assertThat(quiet.next(rule(0, 60), NONE, START)).isEqualTo(quiet);
    assertThat(quiet.next(rule(0, 60), new Measurement(2, "at the limit"), START)).isEqualTo(quiet);
  }

  @Test
  void it_fires_once_and_keeps_still_until_the_interval_is_over() {
    AlertState firing = quiet.next(rule(0, 60), SOME, START);
    assertThat(firing.takenOnAt(START)).contains(AlertState.Message.FIRING);
    AlertState told = firing.told(START);

    assertThat(told.next(rule(0, 60), SOME, after(59)).owed()).isEmpty();
    assertThat(told.next(rule(0, 60), SOME, after(60)).owed())
        .contains(AlertState.Message.REPEATED);
    assertThat(told.next(rule(0, 0), SOME, after(10_000)).owed()).isEmpty();
  }

  @Test
  void it_waits_until_the_measure_has_said_so_for_long_enough_both_ways() {
    AlertState turning = quiet.next(rule(5, 60), SOME, START);
    assertThat(turning.firing()).isFalse();
    assertThat(turning.next(rule(5, 60), NONE, after(4)).turningSince()).isEmpty();
    AlertState firing = turning.next(rule(5, 60), SOME, after(5));
    assertThat(firing.firing()).isTrue();
    assertThat(firing.since()).contains(START);
    AlertState told = firing.told(after(5));

    AlertState ending = told.next(rule(5, 60), NONE, after(6));
    assertThat(ending.firing()).isTrue();
    assertThat(ending.owed()).isEmpty();
    AlertState over = ending.next(rule(5, 60), NONE, after(11));
    assertThat(over.firing()).isFalse();
    assertThat(over.owed()).contains(AlertState.Message.OVER);
  }

  @Test
  void what_nobody_heard_of_is_not_told_to_be_over() {
    AlertState silenced = quiet.silenced(Optional.of(after(60)));
    AlertState firing = silenced.next(rule(0, 60), SOME, START);
    assertThat(firing.firing()).isTrue();
    assertThat(firing.owed()).isEmpty();

    assertThat(firing.next(rule(0, 60), NONE, after(61)).owed()).isEmpty();
    assertThat(firing.next(rule(0, 60), SOME, after(60)).owed())
        .contains(AlertState.Message.FIRING);
  }

  @Test
  void a_message_that_a_node_does_not_get_done_is_taken_over_under_the_same_key() {
    AlertState first = quiet.next(rule(0, 60), SOME, START);
    AlertState soon = first.next(rule(0, 60), SOME, START.plusSeconds(59));
    assertThat(soon.takenOnAt(START.plusSeconds(59))).isEmpty();

    AlertState later = soon.next(rule(0, 60), SOME, after(1));

    assertThat(later.takenOnAt(after(1))).contains(AlertState.Message.FIRING);
    assertThat(later.key(AlertState.Message.FIRING)).isEqualTo(first.key(first.owed().get()));
  }

  @Test
  void every_message_has_a_key_of_its_own() {
    AlertState told = quiet.next(rule(0, 60), SOME, START).told(START);
    AlertState again = told.next(rule(0, 60), SOME, after(60));
    AlertState third = again.told(after(60)).next(rule(0, 60), SOME, after(120));
    AlertState over = third.told(after(120)).next(rule(0, 60), NONE, after(121));
    AlertState anew = over.told(after(121)).next(rule(0, 60), SOME, after(122));

    assertThat(
            java.util.List.of(
                quiet.next(rule(0, 60), SOME, START).key(AlertState.Message.FIRING),
                again.key(again.owed().get()),
                third.key(third.owed().get()),
                over.key(over.owed().get()),
                anew.key(anew.owed().get())))
        .doesNotHaveDuplicates();
  }
}
