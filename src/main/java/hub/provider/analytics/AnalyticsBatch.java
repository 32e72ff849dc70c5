package hub.provider.analytics;

import hub.inbox.camel.BatchedEvent;
import hub.util.Json;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The events of one request to an analytics provider, for the routes that make it: what there is to
 * send, and what becomes of each event. For one exchange.
 *
 * <p>In Java, because numbers must stay as exact as they were stored, and because the outcome of
 * each event of a batch is its own.
 */
public final class AnalyticsBatch {
  private static final int MAX_REASON = 300;

  private final List<BatchedEvent> batch = new ArrayList<>();
  private final List<Map<String, Object>> events = new ArrayList<>();

  private AnalyticsBatch() {}

  /** Reads the events of a batch. One that cannot be read is parked and left out. */
  public static AnalyticsBatch of(List<BatchedEvent> batch) {
    AnalyticsBatch readable = new AnalyticsBatch();
    for (BatchedEvent event : batch) {
      try {
        readable.events.add(fields(AnalyticsEvent.of(event.payload())));
        readable.batch.add(event);
      } catch (IllegalArgumentException | DateTimeException e) {
        // An unreadable event, stored by a user's own route, must not stop the others.
        event.park(e.getMessage());
      }
    }
    return readable;
  }

  private static Map<String, Object> fields(AnalyticsEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", event.id());
    fields.put("userId", event.userId());
    fields.put("event", event.event());
    fields.put("identify", event.isIdentify());
    fields.put("time", Json.time(event.time()));
    fields.put("timeMillis", event.time().toEpochMilli());
    fields.put("properties", Json.plain(event.properties()));
    return fields;
  }

  /** How many events there are to send. */
  public int size() {
    return events.size();
  }

  /**
   * The events to send, each a map of its own: {@code id}, a UUID; {@code userId}; {@code event},
   * the action's name; {@code identify}, whether it tells of a person; {@code time}, ISO 8601 in
   * UTC with milliseconds; {@code timeMillis}, since 1970; {@code properties}, a map.
   */
  public List<Map<String, Object>> events() {
    return events;
  }

  /** Marks each event as done that was not parked. */
  public void done() {
    batch.forEach(BatchedEvent::done);
  }

  /**
   * Parks the event at this place of {@link #events()}. Static, because Simple passes no argument
   * to a method of a variable.
   *
   * @throws IndexOutOfBoundsException when there is none
   */
  public static void park(AnalyticsBatch batch, int index, String reason) {
    batch.batch.get(index).park(reason.substring(0, Math.min(reason.length(), MAX_REASON)));
  }

  /** The first and the second half of the batch. */
  public List<List<BatchedEvent>> halves() {
    int middle = batch.size() / 2;
    return List.of(batch.subList(0, middle), batch.subList(middle, batch.size()));
  }
}
