package hub.call.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The retry policy of calls, for Camel's error handler; in the registry as {@code callPolicy}.
 * Thread-safe.
 */
public final class CallPolicy implements Processor {
  /** Name in the registry. */
  public static final String BEAN = "callPolicy";

  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final boolean waits;

  public CallPolicy() {
    this(true);
  }

  private CallPolicy(boolean waits) {
    this.waits = waits;
  }

  /** Tries again as often, but at once: for tests of routes. */
  public static CallPolicy withoutWaits() {
    return new CallPolicy(false);
  }

  /** For {@code onExceptionOccurred}: sets the wait before the next attempt. */
  @Override
  public void process(Exchange exchange) {
    CallFailedException failed =
        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, CallFailedException.class);
    Optional<Call> call = Call.of(exchange).filter(known -> !known.isUnderWay());
    if (failed != null && call.isPresent()) {
      Optional<Duration> wait = call.get().decide(failed.failure(), backoff);
      // Camel prefers this header to its own schedule. It takes 0 as "not set", hence at least 1.
      wait.ifPresent(
          known ->
              exchange
                  .getMessage()
                  .setHeader(Exchange.REDELIVERY_DELAY, waits ? Math.max(1, known.toMillis()) : 1));
    }
  }

  /** For {@code retryWhile}. */
  public boolean mayRetry(Exchange exchange) {
    return Call.of(exchange)
        .filter(call -> !call.isUnderWay())
        .filter(Call::isToBeTriedAgain)
        .isPresent();
  }

  /**
   * For {@code onWhen}: whether a step inside of an attempt failed. Such a step is not retried
   * alone, which would bypass limits and circuit breaker, but with the whole attempt.
   */
  public boolean isWithinAttempt(Exchange exchange) {
    return Call.of(exchange).filter(Call::isUnderWay).isPresent();
  }
}
