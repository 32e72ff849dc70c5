package hub.call.policy;

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

class CallLimiterTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  private CallLimiter limiter(int concurrent) {
    return new CallLimiter(concurrent, timer, System::nanoTime);
  }

  private CallLimiter.Waiter note(String name) {
    return new CallLimiter.Waiter() {
      @Override
      public void acquired() {
        told.add(name);
      }

      @Override
      public void rejected(CallFailure callFailure) {
        told.add(name + " " + callFailure.outcome().text());
      }
    };
  }

  private static long in(Duration time) {
    return System.nanoTime() + time.toNanos();
  }

  @Test
  void so_many_at_once_and_the_next_in_order() {
    CallLimiter callLimiter = limiter(2);
    for (String name : List.of("a", "b", "c", "d")) {
      callLimiter.acquire(in(Duration.ofMinutes(1)), note(name));
    }
    assertThat(told).containsExactly("a", "b");

    callLimiter.release(System.nanoTime(), CallOutcome.OK, Optional.empty());
    assertThat(told).containsExactly("a", "b", "c");
  }

  @Test
  void who_waits_too_long_is_refused_before_the_end() {
    CallLimiter callLimiter = limiter(1);
    callLimiter.acquire(in(Duration.ofMinutes(1)), note("slow"));
    callLimiter.acquire(in(Duration.ofMillis(700)), note("late"));

    await().until(() -> told.size() == 2);
    assertThat(told).containsExactly("slow", "late not-permitted");
    callLimiter.release(System.nanoTime(), CallOutcome.OK, Optional.empty());
    assertThat(told).hasSize(2);
  }

  @Test
  void a_429_pauses_everybody_for_as_long_as_the_provider_asks() {
    CallLimiter callLimiter = limiter(5);
    callLimiter.acquire(in(Duration.ofMinutes(1)), note("first"));
    long begun = System.nanoTime();
    callLimiter.release(begun, CallOutcome.RATE_LIMITED, Optional.of(Duration.ofMillis(500)));

    callLimiter.acquire(in(Duration.ofMinutes(1)), note("patient"));
    callLimiter.acquire(in(Duration.ofMillis(600)), note("hasty"));

    assertThat(told).containsExactly("first", "hasty rate-limited");
    await().until(() -> told.contains("patient"));
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
        .isGreaterThanOrEqualTo(499);
  }

  @Test
  void a_configured_rate_is_kept() {
    CallLimiter callLimiter = limiter(100);
    callLimiter.atMost(20);
    long begun = System.nanoTime();
    for (int i = 0; i < 25; i++) {
      callLimiter.acquire(in(Duration.ofMinutes(1)), note("x"));
    }
    await().until(() -> told.size() == 25);
    // The calls of a quarter of a second may start at once.
    assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isBetween(900L, 1_900L);
  }
}
