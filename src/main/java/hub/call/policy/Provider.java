package hub.call.policy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A third party that the hub calls: its circuit breaker, limits and statistics. Thread-safe. */
public final class Provider {
  private final String name;
  private final CircuitBreaker breaker;
  private final Duration open;
  private final CallLimiter callLimiter;
  private final CallStats stats;
  private final Clock clock;
  private final Set<String> needs = Collections.synchronizedSet(new TreeSet<>());
  private volatile Instant openedAt = Instant.EPOCH;

  /** For one of {@link Providers#ofMessage}: until when a 429 pauses it. */
  private volatile Instant pausedUntil = Instant.EPOCH;

  Provider(
      String name,
      CircuitBreaker breaker,
      Duration open,
      CallLimiter callLimiter,
      CallStats stats,
      Clock clock) {
    this.name = name;
    this.breaker = breaker;
    this.open = open;
    this.callLimiter = callLimiter;
    this.stats = stats;
    this.clock = clock;
    breaker
        .getEventPublisher()
        .onStateTransition(
            event -> {
              if (event.getStateTransition().getToState() == CircuitBreaker.State.OPEN) {
                openedAt = clock.instant();
              }
            });
  }

  public String name() {
    return name;
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  CallLimiter callLimiter() {
    return callLimiter;
  }

  CallStats stats() {
    return stats;
  }

  /** Names of the properties or variables that calls to it need. */
  Set<String> needs() {
    return needs;
  }

  /** {@code closed}, {@code half-open} or {@code open}. */
  public String breakerState() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> "open";
      case HALF_OPEN -> "half-open";
      default -> breaker.getState().name().toLowerCase(Locale.ROOT);
    };
  }

  /** 0 closed, 1 half-open, 2 open. */
  public int breakerNumber() {
    return switch (breakerState()) {
      case "open" -> 2;
      case "half-open" -> 1;
      default -> 0;
    };
  }

  /**
   * The statistics of its calls in one minute; empty without calls.
   *
   * @param number minutes since 1970; the last 15 minutes are kept
   */
  public Optional<CallMinute> minute(long number) {
    return stats.minute(number);
  }

  /**
   * Counts a response that came in time and cannot be used as a failed call, for the operator's
   * list and alerts. The circuit breaker ignores it.
   *
   * @param error for people, without secrets
   */
  public void unusable(String error) {
    stats.failed(0, error);
  }

  /** One attempt at a call. */
  @FunctionalInterface
  public interface Attempt {
    void make() throws IOException;
  }

  /**
   * Makes an attempt under the circuit breaker and the pause of a 429; for one of {@link
   * Providers#ofMessage}.
   *
   * @throws CallFailedException without an attempt, while the circuit breaker is open
   */
  public void guard(Attempt attempt) throws IOException {
    Duration pause = Duration.between(clock.instant(), pausedUntil);
    if (pause.compareTo(Duration.ZERO) > 0) {
      throw new CallFailedException(
          name,
          new CallFailure(
              CallOutcome.RATE_LIMITED,
              429,
              "",
              name + " takes no more calls for now",
              Optional.of(pause)),
          null);
    }
    if (!breaker.tryAcquirePermission()) {
      throw notPermitted(name, openFor().orElse(Duration.ofSeconds(1)));
    }
    long begun = System.nanoTime();
    try {
      attempt.make();
      breaker.onSuccess(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
    } catch (IOException | RuntimeException | Error e) {
      breaker.onError(System.nanoTime() - begun, TimeUnit.NANOSECONDS, e);
      pauseFor(e);
      throw e;
    }
  }

  private void pauseFor(Throwable error) {
    if (error instanceof CallFailedException failed
        && failed.failure().outcome() == CallOutcome.RATE_LIMITED) {
      pausedUntil = clock.instant().plus(AdaptiveRateLimit.pause(failed.failure().retryAfter()));
    }
  }

  /** What a call is told while the circuit breaker is open. */
  CallFailedException notPermitted(Duration openFor) {
    return notPermitted("it", openFor);
  }

  private CallFailedException notPermitted(String who, Duration openFor) {
    return new CallFailedException(
        name,
        new CallFailure(
            CallOutcome.NOT_PERMITTED,
            0,
            "",
            who + " failed too often; its circuit breaker is open",
            Optional.of(openFor)),
        null);
  }

  /** How long the circuit breaker stays open; empty when it is not open. */
  Optional<Duration> openFor() {
    if (breaker.getState() != CircuitBreaker.State.OPEN) {
      return Optional.empty();
    }
    Duration left = Duration.between(clock.instant(), openedAt.plus(open));
    return Optional.of(left.isNegative() ? Duration.ZERO : left);
  }
}
