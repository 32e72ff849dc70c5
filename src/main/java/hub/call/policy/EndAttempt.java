package hub.call.policy;

import hub.http.HeaderNames;
import hub.inbox.InboxVariables;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Ends an attempt: gives its permit back, classifies, times and logs it. Thread-safe. */
public final class EndAttempt {
  private static final Logger LOG = LoggerFactory.getLogger("hub.call");

  private final Providers providers;

  public EndAttempt(Providers providers) {
    this.providers = providers;
  }

  /** For the end of an attempt that succeeded. */
  public Processor succeeded() {
    return exchange ->
        Call.of(exchange)
            .ifPresent(
                call -> {
                  Duration took = call.attemptTook();
                  forgetKey(exchange);
                  call.releasePermit(CallOutcome.OK, Optional.empty());
                  call.provider().stats().succeeded(took.toMillis());
                  log(call.okLevel(), exchange, call, CallOutcome.OK.text(), took, "");
                });
  }

  /** For the exception that ended an attempt. Throws it again as a {@link CallFailedException}. */
  public Processor failed() {
    return exchange -> {
      forgetKey(exchange);
      Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
      Optional<Call> call = Call.of(exchange);
      Optional<CallFailure> read = providers.failures().read(error);
      if (call.isEmpty() || read.isEmpty()) {
        // A fault of the hub, or of the call's settings: it says nothing about the provider.
        call.ifPresent(known -> known.releasePermit(CallOutcome.NOT_PERMITTED, Optional.empty()));
        throw error;
      }
      CallFailure callFailure = withBreaker(read.get(), call.get().provider());
      record(exchange, call.get(), callFailure);
      if (callFailure.outcome() == CallOutcome.NOT_PERMITTED) {
        Optional<CallFailure> before = call.get().failedBefore();
        throw new CallFailedException(
            call.get().provider().name(),
            withEarlierFailure(callFailure, before),
            null,
            before.isPresent());
      }
      throw error instanceof CallFailedException
          ? error
          : new CallFailedException(call.get().provider().name(), callFailure, error);
    };
  }

  /** Removes the key of this call, so that the handler's next request does not reuse it. */
  private static void forgetKey(Exchange exchange) {
    if (exchange.getVariable(InboxVariables.HANDLER) != null) {
      exchange.getMessage().removeHeader(HeaderNames.IDEMPOTENCY_KEY);
    }
  }

  /**
   * Reports the failure of an earlier attempt together with the open circuit breaker. If the
   * earlier attempt timed out, still reports a timeout: that attempt may have succeeded.
   */
  private static CallFailure withEarlierFailure(CallFailure open, Optional<CallFailure> before) {
    return before
        .map(
            callFailure ->
                callFailure.outcome() == CallOutcome.TIMEOUT
                    ? new CallFailure(
                        CallOutcome.TIMEOUT, 0, "", "it did not answer in time", open.retryAfter())
                    : new CallFailure(
                        open.outcome(),
                        0,
                        "",
                        callFailure.message() + "; " + open.message(),
                        open.retryAfter()))
        .orElse(open);
  }

  /**
   * Adds how long the circuit breaker stays open, when it opened between the check and the call.
   */
  private static CallFailure withBreaker(CallFailure callFailure, Provider provider) {
    return callFailure.outcome() == CallOutcome.NOT_PERMITTED && callFailure.retryAfter().isEmpty()
        ? new CallFailure(
            callFailure.outcome(),
            callFailure.status(),
            callFailure.code(),
            callFailure.message(),
            provider.openFor().or(() -> Optional.of(Duration.ofSeconds(1))))
        : callFailure;
  }

  private void record(Exchange exchange, Call call, CallFailure callFailure) {
    Duration took = call.attemptTook();
    boolean sent = call.isUnderWay() && callFailure.outcome() != CallOutcome.NOT_PERMITTED;
    call.releasePermit(callFailure.outcome(), callFailure.retryAfter());
    CallStats stats = call.provider().stats();
    boolean ourKey = callFailure.status() == 401 || callFailure.status() == 403;
    if (callFailure.outcome() == CallOutcome.REJECTED && !ourKey) {
      stats.rejected(took.toMillis());
    } else if (callFailure.outcome() != CallOutcome.NOT_PERMITTED) {
      stats.failed(took.toMillis(), callFailure.message());
    }
    if (callFailure.status() != 0) {
      call.answered(callFailure.status());
    }
    // The inbox itself logs, once for all, that events of a handler wait; so does a poll.
    boolean waits =
        !sent && (exchange.getVariable(InboxVariables.HANDLER) != null || call.isRoutine());
    log(
        waits ? Level.DEBUG : Level.INFO,
        exchange,
        call,
        callFailure.outcome().text(),
        took,
        " error=" + callFailure.message());
  }

  private void log(
      Level level, Exchange exchange, Call call, String outcome, Duration took, String error) {
    String provider = call.provider().name();
    providers.time(provider, call.operation(), outcome, took);
    LOG.atLevel(level)
        .log(
            "provider={} operation={} status={} outcome={} ms={} attempt={}{}{}",
            provider,
            call.operation(),
            call.status() == 0 ? "-" : call.status(),
            outcome,
            took.toMillis(),
            call.attempt(),
            origin(exchange),
            error);
  }

  private static String origin(Exchange exchange) {
    String request = exchange.getMessage().getHeader(HeaderNames.REQUEST_ID, String.class);
    String event = exchange.getVariable(InboxVariables.EVENT_ID, String.class);
    return (request == null ? "" : " requestId=" + request)
        + (event == null ? "" : " eventId=" + event);
  }
}
