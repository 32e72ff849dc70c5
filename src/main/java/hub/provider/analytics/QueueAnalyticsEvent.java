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
 * Turns a caller's request into the event that {@code to: inbox:analytics} stores, with a new id,
 * and under the caller's Idempotency-Key or a new one. Thread-safe.
 */
final class QueueAnalyticsEvent implements Processor {
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

  private final String type;
  private final AnalyticsSettings settings;
  private final Clock clock;

  /**
   * @param type {@link AnalyticsEvent#TRACK} or {@link AnalyticsEvent#IDENTIFY}
   */
  QueueAnalyticsEvent(String type, AnalyticsSettings settings, Clock clock) {
    this.type = type;
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public void process(Exchange exchange) {
    Map<?, ?> fields = exchange.getMessage().getBody(Map.class);
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
    settings.require();
    String key = CallerKey.of(exchange);
    // A key is unique for one caller and one kind of request.
    exchange.setVariable(
        InboxVariables.EVENT_ID,
        type
            + "/"
            + exchange.getProperty(RequestContext.CALLER_PROPERTY, "", String.class)
            + "/"
            + key);
    exchange.setVariable(InboxVariables.TYPE, type);
    exchange.getMessage().setBody(event.bytes());
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
      return list.stream().anyMatch(QueueAnalyticsEvent::hasUnpairedSurrogate);
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
