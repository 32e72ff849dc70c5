package hub.call.policy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.slf4j.event.Level;

/**
 * One call to a provider with all its attempts, kept as a property of the exchange. Steps inside
 * {@code provider-call-action} read their time limit and idempotency key from it.
 */
public final class Call {
  private static final String PROPERTY = "HubCall";

  /** Exchange property: set when the exchange makes calls by a timer. */
  private static final String ROUTINE = "HubRoutineCall";

  private static final Duration OUTSIDE_OF_A_CALL = Duration.ofSeconds(10);

  private final BeginAttempt origin;
  private final Provider provider;
  private final String operation;
  private final CallLimits limits;
  private final String idempotencyKey;
  private final Map<String, String> keysOfSteps = new HashMap<>();
  private final long begun = System.nanoTime();
  private int attempt;
  private long attemptBegun;
  private boolean toOneOfMany;
  private boolean holdsPermit;
  private boolean repeatable = true;
  private boolean routine;
  private int status;
  private Optional<CallFailure> failedBefore = Optional.empty();
  private Optional<Duration> next = Optional.empty();

  Call(
      BeginAttempt origin,
      Provider provider,
      String operation,
      CallLimits limits,
      String idempotencyKey) {
    this.origin = origin;
    this.provider = provider;
    this.operation = operation;
    this.limits = limits;
    this.idempotencyKey = idempotencyKey;
  }

  /** The call that the exchange is in; empty outside of {@code provider-call-action}. */
  public static Optional<Call> of(Exchange exchange) {
    return Optional.ofNullable(exchange.getProperty(PROPERTY, Call.class));
  }

  /** How long a step may take: {@link #timeLeft} of its attempt; 10 s outside of a call. */
  public static Duration timeLeft(Exchange exchange) {
    return of(exchange).map(Call::timeLeft).orElse(OUTSIDE_OF_A_CALL);
  }

  void attachTo(Exchange exchange) {
    routine = exchange.getProperty(ROUTINE) != null;
    exchange.setProperty(PROPERTY, this);
  }

  /** Lets the successes of the exchange's calls be logged at debug level: a timer makes them. */
  static void routine(Exchange exchange) {
    exchange.setProperty(ROUTINE, true);
  }

  boolean isRoutine() {
    return routine;
  }

  Level okLevel() {
    return routine ? Level.DEBUG : Level.INFO;
  }

  /** Whether {@code step} makes another attempt at this call instead of a new call. */
  boolean isResumedBy(BeginAttempt step) {
    return origin == step && next.isPresent();
  }

  /** Whether an attempt is being made. */
  public boolean isUnderWay() {
    return holdsPermit;
  }

  boolean isToBeTriedAgain() {
    return next.isPresent();
  }

  void beginAttempt() {
    attempt++;
    next = Optional.empty();
    status = 0;
    attemptBegun = System.nanoTime();
  }

  void permitAcquired() {
    holdsPermit = true;
    attemptBegun = System.nanoTime();
  }

  public Provider provider() {
    return provider;
  }

  String operation() {
    return operation;
  }

  CallLimits limits() {
    return limits;
  }

  int attempt() {
    return attempt;
  }

  int status() {
    return status;
  }

  /** When the whole call must be over, by {@link System#nanoTime}. */
  long deadline() {
    return begun + limits.total().toNanos();
  }

  Duration attemptTook() {
    return Duration.ofNanos(System.nanoTime() - attemptBegun);
  }

  /**
   * The call's idempotency key: the same for every attempt, and for a replay of the event it
   * serves.
   */
  public String idempotencyKey() {
    return idempotencyKey;
  }

  /**
   * The idempotency key of one request, when the call makes several. The first request gets the
   * call's own key. The same for every attempt.
   *
   * @param place where the step stands that makes the request
   * @param another makes a key for a request after the first
   */
  String keyAt(String place, Supplier<String> another) {
    return keysOfSteps.computeIfAbsent(
        place, step -> keysOfSteps.isEmpty() ? idempotencyKey : another.get());
  }

  /** How long the attempt may still take; never negative. */
  public Duration timeLeft() {
    long now = System.nanoTime();
    long left = Math.min(deadline() - now, attemptBegun + limits.attempt().toNanos() - now);
    return Duration.ofNanos(Math.max(0, left));
  }

  /** Notes the provider's HTTP status, for the log. */
  public void answered(int httpStatus) {
    status = httpStatus;
  }

  /** Rules out another attempt, because the body can be sent only once. */
  public void cannotRepeat() {
    repeatable = false;
  }

  /**
   * Why an earlier attempt failed: the latest failure, but a timeout before all others, because an
   * attempt that timed out may have had its effect.
   */
  Optional<CallFailure> failedBefore() {
    return failedBefore;
  }

  /** Says that the message names the provider or its host; the other calls go to others. */
  public void toOneOfMany() {
    toOneOfMany = true;
  }

  /** Gives the permit back, once. */
  void releasePermit(CallOutcome outcome, Optional<Duration> retryAfter) {
    if (holdsPermit) {
      holdsPermit = false;
      // What one of many hosts asks for binds that host alone, see Provider.guard.
      boolean isPause = toOneOfMany && outcome == CallOutcome.RATE_LIMITED;
      provider
          .callLimiter()
          .release(attemptBegun, isPause ? CallOutcome.REJECTED : outcome, retryAfter);
    }
  }

  /**
   * Decides what comes after a failed attempt.
   *
   * @return the wait before the next attempt; empty when there is none
   */
  Optional<Duration> decide(CallFailure callFailure, Backoff backoff) {
    if (!callFailure.isPause()
        && failedBefore.map(CallFailure::outcome).orElse(null) != CallOutcome.TIMEOUT) {
      failedBefore = Optional.of(callFailure);
    }
    next = Optional.empty();
    if (callFailure.outcome().worthRetrying() && repeatable && attempt <= limits.retries()) {
      Duration wait = callFailure.retryAfter().orElseGet(() -> backoff.after(attempt));
      if (System.nanoTime() + wait.toNanos() + CallLimiter.SHORTEST_CALL - deadline() < 0) {
        next = Optional.of(wait);
      }
    }
    return next;
  }
}
