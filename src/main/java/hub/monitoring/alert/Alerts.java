package hub.monitoring.alert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The alerts that routes watch for; in the registry as {@code alerts}. Thread-safe. */
public final class Alerts {
  /** Name in the registry. */
  public static final String BEAN = "alerts";

  private static final Logger LOG = LoggerFactory.getLogger("hub.alert");

  /** Nodes seldom change an alert at the same time, so a few attempts are enough. */
  private static final int TRIES = 20;

  /**
   * A message about an alert that this node has to send.
   *
   * @param state as it was stored
   */
  record Notice(AlertRule rule, AlertState state, AlertState.Message message) {}

  private final AlertStore store;
  private final Measurements measurements;
  private final Clock clock;
  private final Map<String, AlertRule> rules = new TreeMap<>();
  private boolean storeAway;

  public Alerts(AlertStore store, Measurements measurements, Clock clock) {
    this.store = store;
    this.measurements = measurements;
    this.clock = clock;
  }

  /**
   * @throws IllegalArgumentException when another route has an alert of this name
   */
  synchronized void add(AlertRule rule) {
    if (rules.putIfAbsent(rule.name(), rule) != null) {
      throw new IllegalArgumentException(
          "alert '" + rule.name() + "' is watched for by two routes; give one another name");
    }
  }

  synchronized void remove(AlertRule rule) {
    rules.remove(rule.name(), rule);
  }

  public synchronized boolean isEmpty() {
    return rules.isEmpty();
  }

  private synchronized Optional<AlertRule> rule(String name) {
    return Optional.ofNullable(rules.get(name));
  }

  /** Measures, stores the new state, and returns the message that this node has to send now. */
  Optional<Notice> evaluate(AlertRule rule) {
    try {
      Instant now = now();
      // Read first: a measurement that is older than the state must not undo another node's change.
      AlertState known = store.read(rule.name());
      AlertState next = known.next(rule, measurements.of(rule), now);
      storeAnswered();
      if (next.equals(known)) {
        return Optional.empty();
      }
      Optional<AlertState> written = store.replace(next);
      written.ifPresent(state -> logChange(rule, known, state));
      return written.flatMap(
          state -> state.messageClaimedAt(now).map(message -> new Notice(rule, state, message)));
    } catch (SQLException | RuntimeException e) {
      storeFailed(e);
      return Optional.empty();
    }
  }

  private static void logChange(AlertRule rule, AlertState before, AlertState after) {
    if (before.firing() != after.firing()) {
      LOG.warn(
          "alert={} state={} severity={} value={} summary=\"{}\"",
          rule.name(),
          after.firing() ? "firing" : "over",
          rule.severity(),
          ReadableNumbers.text(after.measurement().value()),
          rule.summary(after.measurement().value(), after.measurement().detail()));
    }
  }

  /** Records that a message was sent. */
  void sent(Notice notice) {
    try {
      for (int i = 0; i < TRIES; i++) {
        AlertState known = store.read(notice.state().name());
        boolean isStillDue =
            known.startsAt().equals(notice.state().startsAt())
                && known.due().equals(Optional.of(notice.message()));
        if (!isStillDue || store.replace(known.sent(now())).isPresent()) {
          return;
        }
      }
    } catch (SQLException | RuntimeException e) {
      // It is sent again in a minute under the same key, which the inbox stores once.
      storeFailed(e);
    }
  }

  /**
   * Silences an alert.
   *
   * @param minutes from 0; 0 ends the silence
   * @return false when no route has an alert of this name
   */
  public boolean silence(String name, int minutes) throws SQLException {
    if (rule(name).isEmpty()) {
      return false;
    }
    Optional<Instant> until =
        minutes == 0 ? Optional.empty() : Optional.of(now().plus(Duration.ofMinutes(minutes)));
    for (int i = 0; i < TRIES; i++) {
      AlertState known = store.read(name);
      if (store.replace(known.withSilence(until)).isPresent()) {
        LOG.info("alert={} silencedUntil={}", name, until.map(Json::time).orElse("-"));
        return true;
      }
    }
    throw new SQLException("alert " + name + " is changed by other nodes all the time");
  }

  /** The alerts that fire and that a route still defines. */
  public ObjectNode json() throws SQLException {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("alerts");
    Instant now = clock.instant();
    for (AlertState state : store.firing()) {
      rule(state.name()).ifPresent(rule -> list.add(entry(rule, state, now)));
    }
    return answer;
  }

  private static ObjectNode entry(AlertRule rule, AlertState state, Instant now) {
    return Json.object()
        .put("name", rule.name())
        .put("severity", rule.severity())
        .put("summary", rule.summary(state.measurement().value(), state.measurement().detail()))
        .put("since", Json.time(state.startsAt().orElse(Instant.EPOCH)))
        .put(
            "silencedUntil",
            state.silencedUntil().filter(now::isBefore).map(Json::time).orElse(null))
        .put("value", state.measurement().value());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Logged once, however many routes fail. */
  private synchronized void storeFailed(Exception error) {
    if (!storeAway) {
      LOG.warn("alerts=not-watched, trying again: {}", error.toString());
    }
    storeAway = true;
  }

  private synchronized void storeAnswered() {
    storeAway = false;
  }
}
