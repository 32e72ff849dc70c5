package hub.inbox.db;

import java.util.Comparator;

/**
 * Identifies duplicates: two requests with the same key are the same event. Includes the source, so
 * that one source cannot suppress events of another.
 */
public record EventKey(String source, String providerEventId) {
  static final Comparator<NewEvent> ORDER =
      Comparator.comparing(NewEvent::source).thenComparing(NewEvent::providerEventId);

  public static EventKey of(NewEvent event) {
    return new EventKey(event.source(), event.providerEventId());
  }
}
