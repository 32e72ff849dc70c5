package hub.provider.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.policy.CallerKey;
import hub.http.RequestContext;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.InboxVariables;
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
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a caller's request into the event that {@code to: inbox:analytics} stores, with an id and
 * the time of its receipt, under the caller's Idempotency-Key or one that is made. Thread-safe.
 */
final class AcceptTracked implements Processor {
  /** PostHog cuts a person's id there; Mixpanel takes 255 bytes. */
  private static final int MAX_CHARACTERS = 200;

  /** Mixpanel takes 255 of an event, of which the hub adds four, and as many in what is nested. */
  private static final int MAX_PROPERTIES = 250;

  /** What the clocks of two machines may differ by. */
  private static final Duration MAX_AHEAD = Duration.ofMinutes(5);

  /** Mixpanel's import takes nothing older. */
  private static final Instant EARLIEST = Instant.parse("1971-01-01T00:00:00Z");

  private final String type;
  private final AnalyticsSettings settings;
  private final Clock clock;

  /**
   * @param type {@link Tracked#TRACK} or {@link Tracked#IDENTIFY}
   */
  AcceptTracked(String type, AnalyticsSettings settings, Clock clock) {
    this.type = type;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public void process(Exchange exchange) {
    Map<?, ?> fields = exchange.getMessage().getBody(Map.class);
    if (hasUnpairedSurrogate(fields)) {
      throw invalid("The body has half a surrogate pair in it.");
    }
    ObjectNode properties = properties(fields.get("properties"));
    String event = type.equals(Tracked.TRACK) ? text(fields, "event") : Tracked.IDENTIFY_EVENT;
    Tracked tracked =
        new Tracked(
            UUID.randomUUID().toString(),
            time(fields.get("timestamp")),
            text(fields, "userId"),
            event,
            properties);
    check(tracked);
    settings.require();
    String key = CallerKey.of(exchange);
    // A key counts for one caller and one kind of request.
    exchange.setVariable(
        InboxVariables.EVENT_ID,
        type
            + "/"
            + exchange.getProperty(RequestContext.CALLER_PROPERTY, "", String.class)
            + "/"
            + key);
    exchange.setVariable(InboxVariables.TYPE, type);
    exchange.getMessage().setBody(tracked.bytes());
  }

  /** When it happened; now when the caller does not say. */
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
      return list.stream().anyMatch(AcceptTracked::hasUnpairedSurrogate);
    }
    return value instanceof String text && !Unicode.isWellFormed(text);
  }

  private static void check(Tracked tracked) {
    List<String> faults = new ArrayList<>();
    checkName("userId", tracked.userId(), faults);
    checkName("event", tracked.event(), faults);
    checkSize("properties", tracked.properties(), faults);
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
    node.fields()
        .forEachRemaining(
            field -> checkSize(place + "." + field.getKey(), field.getValue(), faults));
    if (node.isArray()) {
      node.forEach(element -> checkSize(place, element, faults));
    }
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(Problem.of(400, "payload-invalid", detail));
  }
}
