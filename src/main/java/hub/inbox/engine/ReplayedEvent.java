package hub.inbox.engine;

import hub.inbox.db.EventState;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An event and its deliveries before a replay.
 *
 * @param sequence the store's number of it
 * @param deliveries the state of each delivery, by route
 */
record ReplayedEvent(
    UUID id,
    String source,
    String type,
    Optional<String> orderingKey,
    long sequence,
    Map<String, EventState> deliveries) {
  EventState state() {
    return EventState.ofDeliveries(deliveries.values());
  }
}
