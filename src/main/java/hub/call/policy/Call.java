package hub.call.policy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * One call to a provider with all its attempts, kept on the exchange while it lasts. Steps inside
 * {@code provider-call-action} read from it how long they may take and under which idempotency key
 * they ask.
 */
public final class Call {
  private static final String PROPERTY = "HubCall";

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
  private boolean holdsTurn;
  private boolean repeatable = true;
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
    exchange.setProperty(PROPERTY, this);
  }

  /** Whether {@code step} is to go on with this call instead of beginning another. */
  boolean isToGoOn(BeginAttempt step) {
    return origin == step && next.isPresent();
  }

  /** Whether an attempt is being made. */
  public boolean isUnderWay() {
    return holdsTurn;
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

  void gotTurn() {
    holdsTurn = true;
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

  /** By {@link System#nanoTime}. */
  long deadline() {
    return begun + limits.total().toNanos();
  }

  Duration attemptTook() {
    return Duration.ofNanos(System.nanoTime() - attemptBegun);
  }

  /** The same for every attempt at this call, and for a replay of the event that it serves. */
  public String idempotencyKey() {
    return idempotencyKey;
  }

  /**
   * That of one request among several of the call: the call's own for the first, for every attempt
   * the same.
   *
   * @param place of the step that makes the request
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

  /** Says that what is sent is used up: there can be no other attempt. */
  public void cannotRepeat() {
    repeatable = false;
  }

  /**
   * Why an earlier attempt failed; the latest, but one that timed out before all others: it may
   * have had its effect, for all that is known.
   */
  Optional<CallFailure> failedBefore() {
    return failedBefore;
  }

  /** Gives the turn back, once. */
  void leave(CallOutcome callOutcome, Optional<Duration> retryAfter) {
    if (holdsTurn) {
      holdsTurn = false;
      provider.turns().leave(attemptBegun, callOutcome, retryAfter);
    }
  }

  /**
   * Decides what comes after a failed attempt.
   *
   * @return the wait before another one; empty when there is to be none
   */
  Optional<Duration> decide(CallFailure callFailure, Backoff backoff) {
    if (!callFailure.isPause()
        && failedBefore.map(CallFailure::verdict).orElse(null) != CallOutcome.TIMEOUT) {
      failedBefore = Optional.of(callFailure);
    }
    next = Optional.empty();
    if (callFailure.verdict().worthRetrying() && repeatable && attempt <= limits.retries()) {
      Duration wait = callFailure.retryAfter().orElseGet(() -> backoff.after(attempt));
      if (System.nanoTime() + wait.toNanos() + CallLimiter.SHORTEST_CALL - deadline() < 0) {
        next = Optional.of(wait);
      }
    }
    return next;
  }
}
