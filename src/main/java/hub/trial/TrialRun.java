package hub.trial;

import hub.inbox.db.Receipt;
import hub.lint.TestCase;
import hub.lint.TestCase.Expected;
import hub.lint.TestCase.Given;
import hub.lint.TestCase.Kind;
import hub.lint.TestCase.Stub;
import hub.lint.TestFiles;
import hub.util.Json;
import hub.util.step.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Route;

/** Runs what a test gives, once. */
final class TrialRun {
  /** The provider's id of an event that names none. */
  static final String EVENT_ID = "the-event-of-the-test";

  /** More attempts than any test needs. */
  private static final int MOST_ATTEMPTS = 20;

  private final TestCase test;
  private final TrialHub hub;

  TrialRun(TestCase test, TrialHub hub) {
    this.test = test;
    this.hub = hub;
  }

  /** A test that says something that is not there. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String where;
    private final String remedy;

    RefusedException(String where, String what, String remedy) {
      super(what);
      this.where = where;
      this.remedy = remedy;
    }

    TestResult.Failure failure() {
      return TestResult.Failure.of(where, getMessage(), remedy);
    }
  }

  /** Runs it as it is written. */
  Outcome once() throws Exception {
    Outcome outcome = begin(Stage.NEVER);
    for (Duration time : test.given().advance()) {
      hub.handlers().advance(time);
      outcome = rest(outcome);
    }
    return outcome;
  }

  /**
   * Runs an event, ends the process at a point, and runs the event again until it is done. What is
   * not done has the last error of its own, not that of an attempt that never ended.
   *
   * @param stopAfter as in {@link Stage}
   */
  Outcome stoppedOnce(int stopAfter) throws Exception {
    Outcome outcome = begin(stopAfter);
    Optional<String> error = Optional.empty();
    for (int i = 0; i < MOST_ATTEMPTS && !outcome.state().equals("done"); i++) {
      outcome.stage().startAgain();
      hub.handlers().runWaiting();
      outcome = rest(outcome);
      Optional<String> now = outcome.lastError().filter(TrialRun::isOfRoute);
      error = now.isPresent() ? now : error;
    }
    return outcome.state().equals("done") || error.isEmpty()
        ? outcome
        : new Outcome(
            outcome.stage(), outcome.event(), outcome.deliveries(), outcome.answer(), error);
  }

  private static boolean isOfRoute(String error) {
    return !error.contains("never reported back") && !error.contains(StoppedException.MESSAGE);
  }

  private Outcome begin(int stopAfter) throws Exception {
    Given given = test.given();
    hub.handlers().run(List.of());
    hub.tables().empty();
    hub.stages().clock().set(given.time().orElseGet(Instant::now));
    prepare(given);
    Stage stage = new Stage(test.stubs(), stopAfter);
    Map<String, Object> variables = new LinkedHashMap<>();
    given.map("variables").forEach((name, value) -> variables.put(name.toString(), value));
    hub.stages().begin(stage, variables);
    return switch (given.kind()) {
      case EVENT -> event(stage);
      case REQUEST ->
          new Outcome(
              stage,
              Optional.empty(),
              List.of(),
              TrialRequest.send(given, hub.port()),
              Optional.empty());
      case SCHEDULE, POLL -> started(stage);
      case ALERT -> alert(stage);
    };
  }

  private void prepare(Given given) throws RefusedException {
    for (Expected statement : given.sql()) {
      try {
        hub.tables().update(String.valueOf(statement.value()));
      } catch (SQLException e) {
        throw new RefusedException(
            statement.where(),
            "the statement fails: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
            "the test's database is H2");
      }
    }
  }

  private Outcome event(Stage stage) throws Exception {
    String source = test.given().text("source").orElse("");
    List<String> handlers = hub.handlers().of(source);
    if (handlers.isEmpty()) {
      throw new RefusedException(
          test.given().where(),
          "no route handles events of the source '" + source + "'",
          "write a route from inbox:" + source);
    }
    String beside = test.file().getFileName().toString().replaceFirst("\\.test\\.yaml$", "");
    hub.handlers().run(handlers.contains(beside) ? List.of(beside) : handlers);
    UUID id = append().id();
    return rest(new Outcome(stage, Optional.of(id), List.of(), Map.of(), Optional.empty()));
  }

  /** Delivers the event, once more if it is there. */
  Receipt append() {
    Given given = test.given();
    Map<String, Object> headers = new LinkedHashMap<>();
    given.map("headers").forEach((name, value) -> headers.put(name.toString(), value));
    byte[] payload = given.bytes("payload");
    boolean json = !(given.fields().get("payload") instanceof String);
    if (json && headers.keySet().stream().noneMatch("content-type"::equalsIgnoreCase)) {
      headers.put("Content-Type", "application/json");
    }
    return hub.append(
        given.text("source").orElse(""),
        given.text("id").orElse(EVENT_ID),
        given.text("type").orElse("event"),
        given.text("orderingKey").orElse(""),
        headers,
        payload);
  }

  private Outcome rest(Outcome before) throws Exception {
    if (before.event().isEmpty()) {
      return before;
    }
    return new Outcome(
        before.stage(),
        before.event(),
        hub.handlers().rest(before.event().get()),
        before.answer(),
        before.error());
  }

  private Outcome started(Stage stage) throws Exception {
    String id = test.given().route();
    Route route = hub.context().getRoute(id);
    if (route == null) {
      throw new RefusedException(
          test.given().where(),
          "there is no route '" + id + "'",
          TestFiles.suggest(id, Routes.ids(hub.context())));
    }
    Route begun = Routes.within(hub.context(), route);
    List<Stub> messages = begun == route ? stage.stubsOf(id) : List.of();
    if (messages.isEmpty()) {
      return ended(stage, start(begun, id, null, Map.of()));
    }
    Outcome outcome = null;
    for (Stub message : messages) {
      outcome = ended(stage, start(begun, id, message.body(), message.headers()));
      if (outcome.error().isPresent()) {
        break;
      }
    }
    return outcome;
  }

  private Exchange start(Route route, String id, Object body, Map<String, ?> headers)
      throws Exception {
    return hub.start(
        route,
        body instanceof Map || body instanceof List ? Json.text(body) : body,
        headers,
        exchange ->
            StepMark.set(exchange, new Step(id, true, Routes.place(hub.context().getRoute(id)))));
  }

  private static Outcome ended(Stage stage, Exchange exchange) {
    return new Outcome(
        stage,
        Optional.empty(),
        List.of(),
        Map.of(),
        Optional.ofNullable(exchange.getException()).map(String::valueOf));
  }

  private Outcome alert(Stage stage) throws Exception {
    String type = test.given().text("type").orElse("");
    Route route =
        Routes.ofAlert(hub.context(), type)
            .orElseThrow(
                () ->
                    new RefusedException(
                        test.given().where(),
                        "no route begins with kamelet:alert-source and the name or condition '"
                            + type
                            + "'",
                        TestFiles.suggest(type, Routes.alerts(hub.context()))));
    AlertMessage message = AlertMessage.of(test.given().fields(), hub.stages().clock());
    return ended(stage, hub.start(route, message.body(), Map.of(), message::setVariables));
  }

  boolean isEvent() {
    return test.given().kind() == Kind.EVENT;
  }
}
