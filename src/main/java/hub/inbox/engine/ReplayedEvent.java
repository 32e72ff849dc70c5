package hub.inbox.engine;

import hub.inbox.db.EventState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An event and its deliveries before a replay.
 *
 * @param sequence the store's number of it
 * @param deliveries the state of each delivery, by route
 * @param storedAs of deliveries that a renamed route has under a former id, that id, by route
 */
record ReplayedEvent(
    UUID id,
    String source,
    String type,
    Optional<String> orderingKey,
    long sequence,
    Map<String, EventState> deliveries,
    Map<String, String> storedAs) {
  /**
   * Gives deliveries of former ids to the renamed routes. One that is not finished is left alone,
   * as if it were in progress: it is taken over in the order of its key.
   *
   * @see RenamedHandler
   */
  void rename(Handlers handlers) {
    List<String> routes = handlers.matching(source, type);
    for (Map.Entry<String, EventState> one : Map.copyOf(deliveries).entrySet()) {
      String id = one.getKey();
      if (routes.contains(id)) {
        continue;
      }
      handlers
          .successor(id, routes)
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
