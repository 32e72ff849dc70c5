package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Json;
import hub.util.Unicode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The rules for an analytics event before it is queued. They are the same for every provider, so
 * that another provider breaks no caller. Thread-safe.
 */
final class AnalyticsRules {
  /** Name in the registry. */
  static final String BEAN = "analyticsRules";

  /** PostHog cuts a person's id at this length; Mixpanel accepts 255 bytes. */
  private static final int MAX_CHARACTERS = 200;

  /**
   * Mixpanel accepts 255 properties of an event, some of which the hub adds, and 255 in each nested
   * object.
   */
  private static final int MAX_PROPERTIES = 250;

  /** The tolerated difference between the caller's clock and the hub's. */
  private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  /** Mixpanel's import accepts nothing older. */
  private static final Instant EARLIEST = Instant.parse("1971-01-01T00:00:00Z");

  private final Clock clock;

  AnalyticsRules(Clock clock) {
    this.clock = clock;
  }

  /**
   * Gives the event an id, and the time of now when it has none.
   *
   * @param type {@link AnalyticsEvent#TRACK} or {@link AnalyticsEvent#IDENTIFY}
   * @param fields {@code userId}, {@code event}, {@code properties}, {@code timestamp}
   * @throws ProblemException 400 {@code payload-invalid} with all faults
   */
  AnalyticsEvent check(String type, Map<?, ?> fields) {
    if (hasUnpairedSurrogate(fields)) {
      throw invalid("The body has an unpaired surrogate in it.");
    }
    ObjectNode properties = properties(fields.get("properties"));
    String name =
        type.equals(AnalyticsEvent.TRACK) ? text(fields, "event") : AnalyticsEvent.IDENTIFY_EVENT;
    AnalyticsEvent event =
        new AnalyticsEvent(
            UUID.randomUUID().toString(),
            time(fields.get("timestamp")),
            text(fields, "userId"),
            name,
            properties);
    check(event);
    return event;
  }

  /** When the event happened; now by default. */
  private Instant time(Object given) {
    Instant now = clock.instant();
    if (given == null) {
      return now;
    }
    Instant time;
    try {
      time = OffsetDateTime.parse(given.toString()).toInstant();
    } catch (DateTimeException e) {
      throw invalid(
          "timestamp is no time of ISO 8601 with an offset, such as 2026-11-28T09:30:00Z.");
    }
    if (time.isAfter(now.plus(MAX_AHEAD)) || time.isBefore(EARLIEST)) {
      throw invalid("timestamp lies more than 5 minutes ahead, or before 1971.");
    }
    return time;
  }

  private static ObjectNode properties(Object given) {
    if (given == null) {
      return Json.object();
    }
    return (ObjectNode) Json.own(Json.text(given));
  }

  private static String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String value ? value : "";
  }

  private static boolean hasUnpairedSurrogate(Object value) {
    if (value instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .anyMatch(e -> hasUnpairedSurrogate(e.getKey()) || hasUnpairedSurrogate(e.getValue()));
    }
    if (value instanceof List<?> list) {
      return list.stream().anyMatch(AnalyticsRules::hasUnpairedSurrogate);
    }
    return value instanceof String text && !Unicode.isWellFormed(text);
  }

  private static void check(AnalyticsEvent event) {
    List<String> faults = new ArrayList<>();
    checkName("userId", event.userId(), faults);
    checkName("event", event.event(), faults);
    checkSize("properties", event.properties(), faults);
    if (!faults.isEmpty()) {
      throw invalid(String.join("; ", faults) + ".");
    }
  }

  private static void checkName(String field, String text, List<String> faults) {
    if (text.isBlank() || text.length() > MAX_CHARACTERS) {
      faults.add(field + " is empty or longer than " + MAX_CHARACTERS + " characters");
    } else if (text.chars().anyMatch(Character::isISOControl)) {
      faults.add(field + " has a control character in it");
    }
  }

  private static void checkSize(String place, JsonNode node, List<String> faults) {
    if (node.size() > MAX_PROPERTIES) {
      faults.add(place + " has " + node.size() + " members, more than " + MAX_PROPERTIES);
      return;
    }
    node.forEachEntry((name, value) -> checkSize(place + "." + name, value, faults));
    if (node.isArray()) {
      node.forEach(element -> checkSize(place, element, faults));
    }
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(Problem.of(400, "payload-invalid", detail));
  }
}
