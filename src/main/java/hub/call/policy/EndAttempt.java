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

/** Ends an attempt: gives its turn back, judges, times and logs it. Thread-safe. */
public final class EndAttempt {
  private static final Logger LOG = LoggerFactory.getLogger("hub.call");

  private final Providers providers;

  public EndAttempt(Providers providers) {
    this.providers = providers;
  }

  /** For the end of an attempt that went well. */
  public Processor succeeded() {
    return exchange ->
        Call.of(exchange)
            .ifPresent(
                call -> {
                  Duration took = call.attemptTook();
                  forgetKey(exchange);
                  call.leave(CallOutcome.OK, Optional.empty());
                  call.provider().stats().succeeded(took.toMillis());
                  note(Level.INFO, exchange, call, CallOutcome.OK.text(), took, "");
                });
  }

  /**
   * For the exception that ended an attempt, which it throws again as a {@link
   * CallFailedException}.
   */
  public Processor failed() {
    return exchange -> {
      forgetKey(exchange);
      Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
      Optional<Call> call = Call.of(exchange);
      Optional<CallFailure> read = providers.failures().read(error);
      if (call.isEmpty() || read.isEmpty()) {
        // The hub's own fault, or a refusal before the call: neither is the provider's.
        call.ifPresent(known -> known.leave(CallOutcome.NOT_PERMITTED, Optional.empty()));
        throw error;
      }
      CallFailure callFailure = withBreaker(read.get(), call.get().provider());
      end(exchange, call.get(), callFailure);
      if (callFailure.verdict() == CallOutcome.NOT_PERMITTED) {
        Optional<CallFailure> before = call.get().failedBefore();
        throw new CallFailedException(
            call.get().provider().name(), told(callFailure, before), null, before.isPresent());
      }
      throw error instanceof CallFailedException
          ? error
          : new CallFailedException(call.get().provider().name(), callFailure, error);
    };
  }

  /** The key of one call of a handler is not to be taken for that of its next request. */
  private static void forgetKey(Exchange exchange) {
    if (exchange.getVariable(InboxVariables.HANDLER) != null) {
      exchange.getMessage().removeHeader(HeaderNames.IDEMPOTENCY_KEY);
    }
  }

  /**
   * A breaker that opened after an attempt failed hides neither why it failed nor, when it timed
   * out, what it may have done.
   */
  private static CallFailure told(CallFailure open, Optional<CallFailure> before) {
    return before
        .map(
            callFailure ->
                callFailure.verdict() == CallOutcome.TIMEOUT
                    ? new CallFailure(
                        CallOutcome.TIMEOUT, 0, "", "it did not answer in time", open.retryAfter())
                    : new CallFailure(
                        open.verdict(),
                        0,
                        "",
                        callFailure.message() + "; " + open.message(),
                        open.retryAfter()))
        .orElse(open);
  }

  /** The breaker that shut between the entry and the call knows how long it stays so. */
  private static CallFailure withBreaker(CallFailure callFailure, Provider provider) {
    return callFailure.verdict() == CallOutcome.NOT_PERMITTED && callFailure.retryAfter().isEmpty()
        ? new CallFailure(
            callFailure.verdict(),
            callFailure.status(),
            callFailure.code(),
            callFailure.message(),
            provider.openFor().or(() -> Optional.of(Duration.ofSeconds(1))))
        : callFailure;
  }

  private void end(Exchange exchange, Call call, CallFailure callFailure) {
    Duration took = call.attemptTook();
    boolean asked = call.isUnderWay() && callFailure.verdict() != CallOutcome.NOT_PERMITTED;
    call.leave(callFailure.verdict(), callFailure.retryAfter());
    CallStats stats = call.provider().stats();
    boolean ourKey = callFailure.status() == 401 || callFailure.status() == 403;
    if (callFailure.verdict() == CallOutcome.REJECTED && !ourKey) {
      stats.refused(took.toMillis());
    } else if (callFailure.verdict() != CallOutcome.NOT_PERMITTED) {
      stats.failed(took.toMillis(), callFailure.message());
    }
    if (callFailure.status() != 0) {
      call.answered(callFailure.status());
    }
    // A handler's event that waits says so itself, once for all that do.
    boolean waits = !asked && exchange.getVariable(InboxVariables.HANDLER) != null;
    note(
        waits ? Level.DEBUG : Level.INFO,
        exchange,
        call,
        callFailure.verdict().text(),
        took,
        " error=" + callFailure.message());
  }

  private void note(
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
