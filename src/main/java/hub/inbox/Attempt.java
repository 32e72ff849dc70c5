package hub.inbox;

import hub.json.Json;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/** One go at one event: runs the route and says how it ended. Thread-safe. */
final class Attempt {
  private static final Logger LOG = LoggerFactory.getLogger("hub.handling");

  /** An open breaker lets calls through again after 30 s. */
  private static final Duration BREAKER_OPEN = Duration.ofSeconds(30);

  private static final int MOST_CAUSES = 50;

  /** Of an error's message; the store keeps fewer. */
  private static final int MOST_CHARACTERS = 4_000;

  private final InboxConsumer consumer;
  private final String route;
  private final RetrySchedule schedule;

  Attempt(InboxConsumer consumer, RetrySchedule schedule) {
    this.consumer = consumer;
    this.route = consumer.getRouteId();
    this.schedule = schedule;
  }

  Outcome at(Claimed claimed) {
    Instant at = Instant.now();
    long begun = System.nanoTime();
    Throwable failure =
        claimed.attempt() > schedule.attempts() ? lostTooOften(claimed) : run(claimed);
    long millis = (System.nanoTime() - begun) / 1_000_000;
    Outcome outcome =
        failure == null
            ? Outcome.done(claimed, route, at, millis)
            : failed(claimed, at, millis, failure);
    log(claimed, outcome, millis);
    return outcome;
  }

  private Throwable run(Claimed claimed) {
    Exchange exchange = consumer.createExchange(false);
    MDC.put("eventId", claimed.eventId().toString());
    try {
      prepare(exchange, claimed);
      consumer.getProcessor().process(exchange);
      return exchange.isRollbackOnly() && exchange.getException() == null
          ? new IllegalStateException("the route marked the event for rollback")
          : exchange.getException();
    } catch (Throwable e) {
      return e;
    } finally {
      MDC.remove("eventId");
      consumer.releaseExchange(exchange, false);
    }
  }

  private static void prepare(Exchange exchange, Claimed claimed) {
    exchange.getMessage().setBody(claimed.payload());
    Optional.ofNullable(Json.own(claimed.headers()).get("content-type"))
        .ifPresent(type -> exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, type.asText()));
    exchange.setVariable(InboxVariables.EVENT_ID, claimed.eventId().toString());
    exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, claimed.providerEventId());
    exchange.setVariable(InboxVariables.SOURCE, claimed.source());
    exchange.setVariable(InboxVariables.TYPE, claimed.type());
    exchange.setVariable(InboxVariables.ATTEMPT, claimed.attempt());
    exchange.setVariable(InboxVariables.RECEIVED_AT, claimed.receivedAt().toString());
    claimed.orderingKey().ifPresent(key -> exchange.setVariable(InboxVariables.ORDERING_KEY, key));
    exchange.setVariable(InboxVariables.REQUEST_HEADERS, claimed.headers());
  }

  private Throwable lostTooOften(Claimed claimed) {
    return new IllegalStateException(
        "given up: attempt "
            + (claimed.attempt() - 1)
            + " never reported back, as when its process dies");
  }

  private Outcome failed(Claimed claimed, Instant at, long millis, Throwable failure) {
    String error = describe(failure);
    if (isBreakerOpen(failure)) {
      return Outcome.postponed(claimed, route, at, millis, error, schedule.spread(BREAKER_OPEN));
    }
    return schedule
        .after(claimed.attempt())
        .map(delay -> Outcome.retry(claimed, route, at, millis, error, delay))
        .orElseGet(() -> Outcome.dead(claimed, route, at, millis, error));
  }

  private static boolean isBreakerOpen(Throwable failure) {
    return causes(failure).anyMatch(CallNotPermittedException.class::isInstance);
  }

  /** From the outermost inwards; causes may form a ring. */
  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(MOST_CAUSES);
  }

  /** The innermost message says most; passwords in addresses are masked. */
  private static String describe(Throwable failure) {
    Throwable root = causes(failure).reduce(failure, (outer, inner) -> inner);
    String message = message(root);
    return URISupport.sanitizeUri(
        root.getClass().getSimpleName() + (message.isBlank() ? "" : ": " + message));
  }

  /** What is thrown at the hub may fail to say what it is, and must not escape by that. */
  private static String message(Throwable failure) {
    try {
      String message = Optional.ofNullable(failure.getMessage()).orElse("");
      return message.substring(0, Math.min(message.length(), MOST_CHARACTERS));
    } catch (RuntimeException | Error e) {
      return "";
    }
  }

  private void log(Claimed claimed, Outcome outcome, long millis) {
    LOG.atLevel(outcome.error().isEmpty() ? Level.INFO : Level.WARN)
        .setMessage("event={} source={} type={} route={} attempt={} outcome={} ms={}{}")
        .addArgument(claimed.eventId())
        .addArgument(claimed.source())
        .addArgument(claimed.type())
        .addArgument(route)
        .addArgument(claimed.attempt())
        .addArgument(outcome.state().text())
        .addArgument(millis)
        .addArgument(outcome.error().map(error -> " error=" + error).orElse(""))
        .log();
  }
}
