package hub.inbox.camel;

import hub.inbox.InboxVariables;
import hub.inbox.db.Delivery;
import hub.inbox.db.EventState;
import hub.inbox.db.Outcome;
import hub.inbox.engine.Lease;
import hub.inbox.engine.RetrySchedule;
import hub.util.log.LogField;
import hub.util.step.FailedStep;
import hub.util.step.StepPath;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Attempts events of one handler: runs the route and returns the outcome. Thread-safe. */
final class Attempt implements DeliveryWorkers.Handling {
  private static final Logger LOG = LoggerFactory.getLogger("hub.handling");

  /**
   * The result of running the route.
   *
   * @param note the handler's {@link InboxVariables#ATTEMPT_NOTE}
   */
  private record Run(Optional<HandlingFailure> failure, Optional<String> note) {
    static final Run DONE = new Run(Optional.empty(), Optional.empty());

    static Run failed(HandlingFailure failure) {
      return new Run(Optional.of(failure), Optional.empty());
    }
  }

  private final InboxConsumer consumer;
  private final String route;
  private final RetrySchedule schedule;
  private final Clock clock;
  private final boolean parksPermanent;

  Attempt(InboxConsumer consumer, RetrySchedule schedule) {
    this.consumer = consumer;
    this.route = consumer.getRouteId();
    this.schedule = schedule;
    this.clock = consumer.getEndpoint().getComponent().clock();
    this.parksPermanent = consumer.getEndpoint().getRefused().equals("park");
  }

  /**
   * An attempt that has ended.
   *
   * @param nanos how long the route ran
   * @param failure of the route; empty when it succeeded
   */
  record Ended(Delivery delivery, Outcome outcome, long nanos, Optional<HandlingFailure> failure) {}

  @Override
  public Optional<Attempt> transacted() {
    return Optional.of(this).filter(one -> consumer.transacted().isTransacted());
  }

  /** Notes how it ended, too. */
  @Override
  public Outcome run(Delivery delivery, Lease lease) {
    Ended ended = attempt(delivery, lease::attachTo);
    note(ended);
    return ended.outcome();
  }

  /**
   * Attempts one event.
   *
   * @param marking gets the exchange before the route runs
   */
  Ended attempt(Delivery delivery, Consumer<Exchange> marking) {
    return LogField.EVENT_ID.during(delivery.eventId().toString(), () -> handle(delivery, marking));
  }

  private Ended handle(Delivery delivery, Consumer<Exchange> marking) {
    Instant at = clock.instant();
    long started = System.nanoTime();
    Run run =
        delivery.attempt() > schedule.attempts()
            ? Run.failed(attemptsUsedUp(delivery))
            : run(exchange -> prepare(exchange, delivery), marking);
    long nanos = System.nanoTime() - started;
    long millis = nanos / 1_000_000;
    Outcome outcome =
        run.failure()
            .map(failure -> failed(delivery, at, millis, failure))
            .orElseGet(() -> Outcome.done(delivery, route, at, millis, run.note()));
    return new Ended(delivery, outcome, nanos, run.failure());
  }

  /** An attempt whose transaction failed each time, however well the route ran. */
  Ended failed(Delivery delivery, Throwable cause) {
    HandlingFailure failure = new HandlingFailure(cause, "");
    return new Ended(
        delivery, failed(delivery, clock.instant(), 0, failure), 0, Optional.of(failure));
  }

  /** Counts the attempt and writes its line of the log. */
  void note(Ended ended) {
    Delivery delivery = ended.delivery();
    consumer.getEndpoint().inbox().metrics().handled(route, ended.nanos());
    log(delivery, ended.outcome(), ended.nanos() / 1_000_000, Level.INFO);
    ended
        .failure()
        .ifPresent(failure -> LOG.debug("event={} failed", delivery.eventId(), failure.cause()));
  }

  /** Runs the route once for all of them. */
  @Override
  public List<Outcome> runBatch(List<Delivery> batch, Lease lease) {
    Instant at = clock.instant();
    long started = System.nanoTime();
    List<BatchedEvent> events =
        batch.stream().map(one -> new BatchedEvent(one, variables(one))).toList();
    List<BatchedEvent> running =
        events.stream().filter(event -> event.attempt() <= schedule.attempts()).toList();
    Run run =
        running.isEmpty() ? Run.DONE : run(exchange -> prepare(exchange, running), lease::attachTo);
    long nanos = System.nanoTime() - started;
    consumer.getEndpoint().inbox().metrics().handled(route, nanos);
    long millis = nanos / 1_000_000;
    List<Outcome> outcomes = events.stream().map(event -> outcome(event, at, millis, run)).toList();
    for (int i = 0; i < outcomes.size(); i++) {
      log(batch.get(i), outcomes.get(i), millis, Level.DEBUG);
    }
    LOG.info(
        "events={} route={} done={} ms={}",
        batch.size(),
        route,
        outcomes.stream().filter(one -> one.state() == EventState.DONE).count(),
        millis);
    return outcomes;
  }

  private Outcome outcome(BatchedEvent event, Instant at, long millis, Run run) {
    Delivery delivery = event.delivery();
    if (delivery.attempt() > schedule.attempts()) {
      return failed(delivery, at, millis, attemptsUsedUp(delivery));
    }
    if (event.parkReason().isPresent()) {
      return Outcome.dead(delivery, route, at, millis, event.parkReason().get());
    }
    return run.failure()
        .filter(failure -> !event.isDone())
        .map(failure -> failed(delivery, at, millis, failure))
        .orElseGet(() -> Outcome.done(delivery, route, at, millis, run.note()));
  }

  private Run run(Consumer<Exchange> prepare, Consumer<Exchange> marking) {
    Exchange exchange = consumer.createExchange(false);
    try {
      prepare.accept(exchange);
      marking.accept(exchange);
      StepPath.begin(exchange);
      consumer.getProcessor().process(exchange);
      if (exchange.getException() != null) {
        return Run.failed(new HandlingFailure(exchange.getException(), FailedStep.of(exchange)));
      }
      return exchange.isRollbackOnly()
          ? Run.failed(
              new HandlingFailure(
                  new IllegalStateException("the route marked the event for rollback"),
                  FailedStep.of(exchange)))
          : new Run(Optional.empty(), note(exchange));
    } catch (Throwable e) {
      return Run.failed(new HandlingFailure(e, FailedStep.of(exchange)));
    } finally {
      consumer.releaseExchange(exchange, false);
    }
  }

  private static Optional<String> note(Exchange exchange) {
    return exchange.getVariable(InboxVariables.ATTEMPT_NOTE) instanceof String text
        ? Optional.of(text).filter(words -> !words.isBlank())
        : Optional.empty();
  }

  private Map<String, Object> variables(Delivery delivery) {
    return consumer.getEndpoint().getComponent().variables().of(delivery);
  }

  /** A batch has no id and no type; its events do. */
  private void prepare(Exchange exchange, List<BatchedEvent> events) {
    exchange.getMessage().setBody(events);
    exchange.setVariable(InboxVariables.SOURCE, consumer.getEndpoint().getSource());
    exchange.setVariable(InboxVariables.HANDLER, route);
  }

  private void prepare(Exchange exchange, Delivery delivery) {
    String type = delivery.contentType();
    Optional<byte[]> json = delivery.formJson();
    exchange.getMessage().setBody(json.orElse(delivery.payload()));
    if (!type.isEmpty()) {
      exchange
          .getMessage()
          .setHeader(Exchange.CONTENT_TYPE, json.isPresent() ? "application/json" : type);
    }
    AppendKey.handling(exchange, delivery);
    delivery.keyedAs().ifPresent(id -> exchange.setProperty(InboxVariables.KEYED_AS, id));
    // First, so that none of them can replace the inbox's own variables.
    variables(delivery).forEach(exchange::setVariable);
    exchange.setVariable(InboxVariables.EVENT_ID, delivery.eventId().toString());
    exchange.setVariable(InboxVariables.PROVIDER_EVENT_ID, delivery.providerEventId());
    exchange.setVariable(InboxVariables.SOURCE, delivery.source());
    exchange.setVariable(InboxVariables.TYPE, delivery.type());
    exchange.setVariable(InboxVariables.SEQUENCE, delivery.sequence());
    exchange.setVariable(InboxVariables.HANDLER, route);
    exchange.setVariable(InboxVariables.ATTEMPT, delivery.attempt());
    exchange.setVariable(InboxVariables.RECEIVED_AT, delivery.receivedAt().toString());
    delivery.orderingKey().ifPresent(key -> exchange.setVariable(InboxVariables.ORDERING_KEY, key));
    exchange.setVariable(InboxVariables.REQUEST_HEADERS, delivery.headers());
  }

  private static HandlingFailure attemptsUsedUp(Delivery delivery) {
    String message =
        "given up: attempt "
            + (delivery.attempt() - 1)
            + " never reported back, as when its process dies";
    return new HandlingFailure(new IllegalStateException(message), "");
  }

  private Outcome failed(Delivery delivery, Instant at, long millis, HandlingFailure failure) {
    String error = failure.text();
    if (consumer.isEnding() && delivery.attempt() <= schedule.attempts()) {
      // The stop causes such failures: an interrupt, a closed pool, a step that refuses to start.
      return Outcome.released(delivery, route);
    }
    if (failure.isLeaseExpired()) {
      return Outcome.fenced(delivery, route, error);
    }
    Optional<Duration> wait = failure.postponedFor();
    if (wait.isPresent()) {
      Duration delay = schedule.notBefore(wait.get());
      consumer.getEndpoint().inbox().postponements().note(failure.provider(), delay, error);
      return Outcome.postponed(
          delivery, route, at, millis, error, delay, failure.hasFailedBefore());
    }
    if (failure.leftTransaction() || (parksPermanent && failure.isPermanent())) {
      return Outcome.dead(delivery, route, at, millis, error);
    }
    return schedule
        .after(delivery.attempt())
        .map(delay -> Outcome.retry(delivery, route, at, millis, error, delay))
        .orElseGet(() -> Outcome.dead(delivery, route, at, millis, error));
  }

  private void log(Delivery delivery, Outcome outcome, long millis, Level ifDone) {
    LogField.EVENT_ID.during(
        delivery.eventId().toString(), () -> write(delivery, outcome, millis, ifDone));
  }

  private static String outcomeText(Outcome outcome) {
    if (outcome.isFenced()) {
      return "fenced";
    }
    return outcome.isReleased() ? "released" : outcome.state().text();
  }

  /** Postponements has its own log line for each provider and minute. */
  private static Level level(Outcome outcome, Level ifDone) {
    if (outcome.isPostponed()) {
      return Level.DEBUG;
    }
    return outcome.error().isEmpty() ? ifDone : Level.WARN;
  }

  private void write(Delivery delivery, Outcome outcome, long millis, Level ifDone) {
    LOG.atLevel(level(outcome, ifDone))
        .setMessage("event={} source={} type={} route={} attempt={} outcome={} ms={}{}")
        .addArgument(delivery.eventId())
        .addArgument(delivery.source())
        .addArgument(delivery.type())
        .addArgument(route)
        .addArgument(delivery.attempt())
        .addArgument(outcomeText(outcome))
        .addArgument(millis)
        .addArgument(outcome.error().map(error -> " error=" + error).orElse(""))
        .log();
  }
}
