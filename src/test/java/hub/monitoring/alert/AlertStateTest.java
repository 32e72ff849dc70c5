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

  private final AlertState quiet = AlertState.initial("a");

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
    assertThat(firing.messageClaimedAt(START)).contains(AlertState.Message.FIRING);
    AlertState notified = firing.sent(START);

    assertThat(notified.next(rule(0, 60), SOME, after(59)).due()).isEmpty();
    assertThat(notified.next(rule(0, 60), SOME, after(60)).due())
        .contains(AlertState.Message.REPEATED);
    assertThat(notified.next(rule(0, 0), SOME, after(10_000)).due()).isEmpty();
  }

  @Test
  void it_waits_until_the_measure_has_said_so_for_long_enough_both_ways() {
    AlertState pending = quiet.next(rule(5, 60), SOME, START);
    assertThat(pending.firing()).isFalse();
    assertThat(pending.next(rule(5, 60), NONE, after(4)).pendingSince()).isEmpty();
    AlertState firing = pending.next(rule(5, 60), SOME, after(5));
    assertThat(firing.firing()).isTrue();
    assertThat(firing.startsAt()).contains(START);
    AlertState notified = firing.sent(after(5));

    AlertState resolving = notified.next(rule(5, 60), NONE, after(6));
    assertThat(resolving.firing()).isTrue();
    assertThat(resolving.due()).isEmpty();
    AlertState resolved = resolving.next(rule(5, 60), NONE, after(11));
    assertThat(resolved.firing()).isFalse();
    assertThat(resolved.due()).contains(AlertState.Message.RESOLVED);
  }

  @Test
  void what_nobody_heard_of_is_not_told_to_be_over() {
    AlertState silenced = quiet.withSilence(Optional.of(after(60)));
    AlertState firing = silenced.next(rule(0, 60), SOME, START);
    assertThat(firing.firing()).isTrue();
    assertThat(firing.due()).isEmpty();

    assertThat(firing.next(rule(0, 60), NONE, after(61)).due()).isEmpty();
    assertThat(firing.next(rule(0, 60), SOME, after(60)).due()).contains(AlertState.Message.FIRING);
  }

  @Test
  void a_message_that_a_node_does_not_get_done_is_taken_over_under_the_same_key() {
    AlertState first = quiet.next(rule(0, 60), SOME, START);
    AlertState soon = first.next(rule(0, 60), SOME, START.plusSeconds(59));
    assertThat(soon.messageClaimedAt(START.plusSeconds(59))).isEmpty();

    AlertState later = soon.next(rule(0, 60), SOME, after(1));

    assertThat(later.messageClaimedAt(after(1))).contains(AlertState.Message.FIRING);
    assertThat(later.key(AlertState.Message.FIRING)).isEqualTo(first.key(first.due().get()));
  }

  @Test
  void every_message_has_a_key_of_its_own() {
    AlertState notified = quiet.next(rule(0, 60), SOME, START).sent(START);
    AlertState again = notified.next(rule(0, 60), SOME, after(60));
    AlertState third = again.sent(after(60)).next(rule(0, 60), SOME, after(120));
    AlertState resolved = third.sent(after(120)).next(rule(0, 60), NONE, after(121));
    AlertState anew = resolved.sent(after(121)).next(rule(0, 60), SOME, after(122));

    assertThat(
            java.util.List.of(
                quiet.next(rule(0, 60), SOME, START).key(AlertState.Message.FIRING),
                again.key(again.due().get()),
                third.key(third.due().get()),
                resolved.key(resolved.due().get()),
                anew.key(anew.due().get())))
        .doesNotHaveDuplicates();
  }
}
