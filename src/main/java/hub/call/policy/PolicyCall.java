package hub.call.policy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Makes calls under the policy from code, as the Kamelet {@code http-api-action} makes them from
 * routes: limits, circuit breaker, retries, statistics and logs are the same. For calls that a
 * timer makes, so their successes are logged at debug level. Thread-safe.
 */
public final class PolicyCall {
  /** How soon a waiting call notices that it is to stop. */
  private static final long LOOK_MILLIS = 100;

  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final Provider provider;
  private final EndAttempt end;
  private final BeginAttempt begin;
  private final Processor request;
  private final BooleanSupplier stopped;

  /**
   * @param begin a started step, with the call's parameters
   * @param request sends the request
   * @param stopped ends the wait for a response, and for the next attempt
   */
  public PolicyCall(
      Providers providers,
      String provider,
      BeginAttempt begin,
      Processor request,
      BooleanSupplier stopped) {
    this.provider = providers.of(provider);
    this.end = new EndAttempt(providers);
    this.begin = begin;
    this.request = request;
    this.stopped = stopped;
  }

  /**
   * Makes one call with all its attempts and waits for its end.
   *
   * @throws CallFailedException when the last attempt has failed
   * @throws hub.http.problem.ProblemException when the provider is not configured
   * @throws CancellationException when it was stopped; an attempt that is under way ends by itself
   */
  public void make(Exchange exchange) throws Exception {
    Call.routine(exchange);
    while (true) {
      try {
        await(attempt(exchange));
        return;
      } catch (CallFailedException e) {
        Optional<Duration> wait =
            Call.of(exchange)
                .filter(call -> !call.isUnderWay())
                .flatMap(call -> call.decide(e.failure(), backoff));
        if (wait.isEmpty()) {
          throw e;
        }
        pause(wait.get());
      }
    }
  }

  private CompletableFuture<Void> attempt(Exchange exchange) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    begin.process(
        exchange,
        sync -> {
          try {
            Exception refused = exchange.getException();
            exchange.setException(null);
            run(exchange, Optional.ofNullable(refused));
            result.complete(null);
          } catch (Exception | Error e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  private void run(Exchange exchange, Optional<Exception> refused) throws Exception {
    try {
      if (refused.isPresent()) {
        throw refused.get();
      }
      provider
          .breaker()
          .executeCallable(
              () -> {
                request.process(exchange);
                return null;
              });
      end.succeeded().process(exchange);
    } catch (Exception e) {
      exchange.setProperty(Exchange.EXCEPTION_CAUGHT, e);
      end.failed().process(exchange);
    }
  }

  private void await(CompletableFuture<Void> result) throws Exception {
    while (true) {
      try {
        result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        requireRunning();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw stop();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Exception cause) {
          throw cause;
        }
        throw e;
      }
    }
  }

  private void pause(Duration wait) {
    long until = System.nanoTime() + wait.toNanos();
    while (System.nanoTime() - until < 0) {
      requireRunning();
      try {
        Thread.sleep(Math.min(LOOK_MILLIS, Math.max(1, wait.toMillis())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw stop();
      }
    }
  }

  private void requireRunning() {
    if (stopped.getAsBoolean()) {
      throw stop();
    }
  }

  private static CancellationException stop() {
    return new CancellationException("stopped while the call was under way");
  }
}
