package hub.outbound;

import hub.inbox.InboxVariables;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Ends an attempt: gives its turn back, judges, times and logs it. Thread-safe. */
public final class EndCall {
  private static final Logger LOG = LoggerFactory.getLogger("hub.call");

  private final Providers providers;

  public EndCall(Providers providers) {
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
                  call.leave(Verdict.OK, Optional.empty());
                  call.provider().stats().succeeded(took.toMillis());
                  note(Level.INFO, exchange, call, Verdict.OK.text(), took, "");
                });
  }

  /** For the exception that ended an attempt, which it throws again as a {@link CallFailed}. */
  public Processor failed() {
    return exchange -> {
      forgetKey(exchange);
      Exception error = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
      Optional<Call> call = Call.of(exchange);
      Optional<Failure> read = providers.failures().read(error);
      if (call.isEmpty() || read.isEmpty()) {
        // The hub's own fault, or a refusal before the call: neither is the provider's.
        call.ifPresent(known -> known.leave(Verdict.NOT_PERMITTED, Optional.empty()));
        throw error;
      }
      Failure failure = withBreaker(read.get(), call.get().provider());
      end(exchange, call.get(), failure);
      if (failure.verdict() == Verdict.NOT_PERMITTED) {
        Optional<Failure> before = call.get().failedBefore();
        throw new CallFailed(
            call.get().provider().name(), told(failure, before), null, before.isPresent());
      }
      throw error instanceof CallFailed
          ? error
          : new CallFailed(call.get().provider().name(), failure, error);
    };
  }

  /** The key of one call of a handler is not to be taken for that of its next request. */
  private static void forgetKey(Exchange exchange) {
    if (exchange.getVariable(InboxVariables.HANDLER) != null) {
      exchange.getMessage().removeHeader(CallerKey.HEADER);
    }
  }

  /**
   * A breaker that opened after an attempt failed hides neither why it failed nor, when it timed
   * out, what it may have done.
   */
  private static Failure told(Failure open, Optional<Failure> before) {
    return before
        .map(
            failure ->
                failure.verdict() == Verdict.TIMEOUT
                    ? new Failure(
                        Verdict.TIMEOUT, 0, "", "it did not answer in time", open.retryAfter())
                    : new Failure(
                        open.verdict(),
                        0,
                        "",
                        failure.message() + "; " + open.message(),
                        open.retryAfter()))
        .orElse(open);
  }

  /** The breaker that shut between the entry and the call knows how long it stays so. */
  private static Failure withBreaker(Failure failure, Provider provider) {
    return failure.verdict() == Verdict.NOT_PERMITTED && failure.retryAfter().isEmpty()
        ? new Failure(
            failure.verdict(),
            failure.status(),
            failure.code(),
            failure.message(),
            provider.closedFor().or(() -> Optional.of(Duration.ofSeconds(1))))
        : failure;
  }

  private void end(Exchange exchange, Call call, Failure failure) {
    Duration took = call.attemptTook();
    boolean asked = call.isUnderWay() && failure.verdict() != Verdict.NOT_PERMITTED;
    call.leave(failure.verdict(), failure.retryAfter());
    CallStats stats = call.provider().stats();
    boolean ourKey = failure.status() == 401 || failure.status() == 403;
    if (failure.verdict() == Verdict.REJECTED && !ourKey) {
      stats.refused(took.toMillis());
    } else if (failure.verdict() != Verdict.NOT_PERMITTED) {
      stats.failed(took.toMillis(), failure.message());
    }
    if (failure.status() != 0) {
      call.answered(failure.status());
    }
    // A handler's event that waits says so itself, once for all that do.
    boolean waits = !asked && exchange.getVariable(InboxVariables.HANDLER) != null;
    note(
        waits ? Level.DEBUG : Level.INFO,
        exchange,
        call,
        failure.verdict().text(),
        took,
        " error=" + failure.message());
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
    String request = exchange.getMessage().getHeader("X-Request-Id", String.class);
    String event = exchange.getVariable(InboxVariables.EVENT_ID, String.class);
    return (request == null ? "" : " requestId=" + request)
        + (event == null ? "" : " eventId=" + event);
  }
}
