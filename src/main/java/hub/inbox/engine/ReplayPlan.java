package hub.inbox.engine;

import hub.inbox.db.EventState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a replay changes for each handler of an event. A delivery in progress stays. A waiting one
 * becomes due now. A retrying or dead one starts its schedule again. A new handler gets a delivery.
 * When all deliveries are done, all run again. The delivery of a route that no longer handles the
 * event is removed, unless it is done: then it stays as history.
 *
 * @param reset routes whose delivery starts again
 * @param runNow routes whose delivery becomes due now
 * @param add routes that get a delivery
 * @param remove routes whose delivery is removed
 * @param after the state of the event afterwards
 */
record ReplayPlan(
    List<String> reset,
    List<String> runNow,
    List<String> add,
    List<String> remove,
    EventState after) {
  private static final ReplayPlan NOTHING =
      new ReplayPlan(List.of(), List.of(), List.of(), List.of(), EventState.IGNORED);

  /**
   * @param deliveries their current states, by route
   * @param handlers the routes that handle such an event now
   */
  static ReplayPlan of(Map<String, EventState> deliveries, List<String> handlers) {
    if (handlers.isEmpty()) {
      return NOTHING;
    }
    boolean finished =
        deliveries.values().stream().noneMatch(state -> state.isOpen() || state == EventState.DEAD);
    ReplayPlan plan =
        new ReplayPlan(
            new ArrayList<>(),
            new ArrayList<>(),
            handlers.stream().filter(route -> !deliveries.containsKey(route)).toList(),
            new ArrayList<>(),
            EventState.IGNORED);
    Map<String, EventState> after = new LinkedHashMap<>(deliveries);
    plan.add().forEach(route -> after.put(route, EventState.RECEIVED));
    deliveries.forEach(
        (route, state) -> {
          boolean handles = handlers.contains(route);
          if (state == EventState.PROCESSING || (state == EventState.DONE && !handles)) {
            return;
          }
          if (!handles) {
            plan.remove().add(route);
            after.remove(route);
          } else if (state == EventState.DEAD
              || state == EventState.RETRYING
              || (state == EventState.DONE && finished)) {
            plan.reset().add(route);
            after.put(route, EventState.RECEIVED);
          } else if (state != EventState.DONE) {
            plan.runNow().add(route);
          }
        });
    return new ReplayPlan(
        List.copyOf(plan.reset()),
        List.copyOf(plan.runNow()),
        plan.add(),
        List.copyOf(plan.remove()),
        EventState.ofDeliveries(after.values()));
  }

  /** Whether a handler will run that would not run otherwise, or not so soon. */
  boolean runsSomething() {
    return !reset.isEmpty() || !runNow.isEmpty() || !add.isEmpty();
  }
}
