package hub.inbox.engine;

import hub.inbox.db.EventState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An event and its deliveries before a replay.
 *
 * @param handlers the routes that take it now
 * @param sequence the store's number of it
 * @param deliveries the state of each delivery, by route
 * @param storedAs of deliveries that a renamed route has under a former id, that id, by route
 */
record ReplayedEvent(
    UUID id,
    String source,
    String type,
    Optional<String> orderingKey,
    List<String> handlers,
    long sequence,
    Map<String, EventState> deliveries,
    Map<String, String> storedAs) {
  /**
   * Gives deliveries of former ids to the renamed routes. One that is not finished is left alone,
   * as if it were in progress: it is taken over in the order of its key.
   *
   * @see RenamedHandler
   */
  void rename(Matching matching) {
    for (Map.Entry<String, EventState> one : Map.copyOf(deliveries).entrySet()) {
      String id = one.getKey();
      if (handlers.contains(id)) {
        continue;
      }
      matching
          .successor(id, handlers)
          .filter(route -> !deliveries.containsKey(route))
          .ifPresent(
              route -> {
                deliveries.remove(id);
                deliveries.put(
                    route, one.getValue().isOpen() ? EventState.PROCESSING : one.getValue());
                storedAs.put(route, id);
              });
    }
  }

  EventState state() {
    return EventState.ofDeliveries(deliveries.values());
  }
}
