package hub.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private Turns turns(int concurrent) {
    return new Turns(concurrent, timer, System::nanoTime);
  }

  private Turns.Waiter note(String name) {
    return new Turns.Waiter() {
      @Override
      public void go() {
        told.add(name);
      }

      @Override
      public void refused(Failure failure) {
        told.add(name + " " + failure.verdict().text());
      }
    };
  }

  private static long in(Duration time) {
    return System.nanoTime() + time.toNanos();
  }

  @Test
  void so_many_at_once_and_the_next_in_order() {
    Turns turns = turns(2);
    for (String name : List.of("a", "b", "c", "d")) {
      turns.ask(in(Duration.ofMinutes(1)), note(name));
    }
    assertThat(told).containsExactly("a", "b");

    turns.leave(System.nanoTime(), Verdict.OK, Optional.empty());
    assertThat(told).containsExactly("a", "b", "c");
  }

  @Test
  void who_waits_too_long_is_refused_before_the_end() {
    Turns turns = turns(1);
    turns.ask(in(Duration.ofMinutes(1)), note("slow"));
    turns.ask(in(Duration.ofMillis(700)), note("late"));

    await().until(() -> told.size() == 2);
    assertThat(told).containsExactly("slow", "late not-permitted");
    turns.leave(System.nanoTime(), Verdict.OK, Optional.empty());
    assertThat(told).hasSize(2);
  }

  @Test
  void a_429_pauses_everybody_for_as_long_as_the_provider_asks() {
    Turns turns = turns(5);
    turns.ask(in(Duration.ofMinutes(1)), note("first"));
    long begun = System.nanoTime();
    turns.leave(begun, Verdict.RATE_LIMITED, Optional.of(Duration.ofMillis(500)));

    turns.ask(in(Duration.ofMinutes(1)), note("patient"));
    turns.ask(in(Duration.ofMillis(600)), note("hasty"));

    assertThat(told).containsExactly("first", "hasty rate-limited");
    await().until(() -> told.contains("patient"));
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
        .isGreaterThanOrEqualTo(499);
  }

  @Test
  void a_configured_rate_is_kept() {
    Turns turns = turns(100);
    turns.atMost(20);
    long begun = System.nanoTime();
    for (int i = 0; i < 25; i++) {
      turns.ask(in(Duration.ofMinutes(1)), note("x"));
    }
    await().until(() -> told.size() == 25);
    // A quarter of a second's worth may come at once.
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(900L, 1_900L);
  }
}
