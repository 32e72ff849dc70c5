package hub.inbox.db;

import java.util.Comparator;

/**
 * What makes two deliveries the same event. Never without the source: one source must not silence
 * another.
 */
record EventKey(String source, String providerEventId) {
  static final Comparator<NewEvent> ORDER =
      Comparator.comparing(NewEvent::source).thenComparing(NewEvent::providerEventId);

  static EventKey of(NewEvent event) {
    return new EventKey(event.source(), event.providerEventId());
  }
}
