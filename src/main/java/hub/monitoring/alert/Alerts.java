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
  private static final Logger LOG = LoggerFactory.getLogger("hub.alert");

  /** Nodes change an alert seldom, so whoever loses wins soon. */
  private static final int TRIES = 20;

  /**
   * Something to be said of an alert.
   *
   * @param state as it was stored
   */
  record Notice(AlertRule rule, AlertState state, AlertState.Message message) {}

  private final AlertStore store;
  private final Measurements measurements;
  private final Clock clock;
  private final Map<String, AlertRule> rules = new TreeMap<>();
  private boolean away;

  public Alerts(AlertStore store, Measurements measurements, Clock clock) {
    this.store = store;
    this.measurements = measurements;
    this.clock = clock;
  }

  /**
   * @throws IllegalArgumentException when another route watches under this name
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

  /** Measures, and answers with what this node has to say now. */
  Optional<Notice> look(AlertRule rule) {
    try {
      Instant now = now();
      // In this order: whoever measured before another node's change must not undo it.
      AlertState known = store.read(rule.name());
      AlertState next = known.next(rule, measurements.of(rule), now);
      back();
      if (next.equals(known)) {
        return Optional.empty();
      }
      Optional<AlertState> written = store.replace(next);
      written.ifPresent(state -> tell(rule, known, state));
      return written.flatMap(
          state -> state.takenOnAt(now).map(message -> new Notice(rule, state, message)));
    } catch (SQLException | RuntimeException e) {
      away(e);
      return Optional.empty();
    }
  }

  private static void tell(AlertRule rule, AlertState before, AlertState after) {
    if (before.firing() != after.firing()) {
      LOG.warn(
          "alert={} state={} severity={} value={} summary=\"{}\"",
          rule.name(),
          after.firing() ? "firing" : "over",
          rule.severity(),
          ReadableNumbers.text(after.measured().value()),
          rule.summary(after.measured().value(), after.measured().detail()));
    }
  }

  /** Notes that a message has been sent. */
  void told(Notice notice) {
    try {
      for (int i = 0; i < TRIES; i++) {
        AlertState known = store.read(notice.state().name());
        boolean still =
            known.since().equals(notice.state().since())
                && known.owed().equals(Optional.of(notice.message()));
        if (!still || store.replace(known.told(now())).isPresent()) {
          return;
        }
      }
    } catch (SQLException | RuntimeException e) {
      // It is said again in a minute, under the same key.
      away(e);
    }
  }

  /**
   * Keeps an alert from saying anything for some time.
   *
   * @param minutes from 0; 0 ends it
   * @return false when no route watches for it
   */
  public boolean silence(String name, int minutes) throws SQLException {
    if (rule(name).isEmpty()) {
      return false;
    }
    Optional<Instant> until =
        minutes == 0 ? Optional.empty() : Optional.of(now().plus(Duration.ofMinutes(minutes)));
    for (int i = 0; i < TRIES; i++) {
      AlertState known = store.read(name);
      if (store.replace(known.silenced(until)).isPresent()) {
        LOG.info("alert={} silencedUntil={}", name, until.map(Json::time).orElse("-"));
        return true;
      }
    }
    throw new SQLException("alert " + name + " is changed by others all the time");
  }

  /** Those that fire and that a route still watches for. */
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
        .put("summary", rule.summary(state.measured().value(), state.measured().detail()))
        .put("since", Json.time(state.since().orElse(Instant.EPOCH)))
        .put(
            "silencedUntil",
            state.silencedUntil().filter(now::isBefore).map(Json::time).orElse(null))
        .put("value", state.measured().value());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Once, however many routes notice. */
  private synchronized void away(Exception error) {
    if (!away) {
      LOG.warn("alerts=not-watched, trying again: {}", error.toString());
    }
    away = true;
  }

  private synchronized void back() {
    away = false;
  }
}
