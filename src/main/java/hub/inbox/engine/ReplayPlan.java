package hub.inbox.engine;

import hub.inbox.db.EventState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What running an event again means for each of its handlers. Who is at it is left alone; who waits
 * need not wait longer; who failed or gave up starts its schedule anew; handlers that are new get
 * their share. Where all went well, all run again. Shares of routes that do not handle the event
 * any more are dropped, those that are done are kept as its history.
 *
 * @param reset starts anew
 * @param hurry falls due now
 * @param add gets a share
 * @param remove has none any more
 * @param after where the event stands then
 */
record ReplayPlan(
    List<String> reset,
    List<String> hurry,
    List<String> add,
    List<String> remove,
    EventState after) {
  private static final ReplayPlan NOTHING =
      new ReplayPlan(List.of(), List.of(), List.of(), List.of(), EventState.IGNORED);

  /**
   * @param shares by route, as they stand
   * @param handlers the routes that handle such an event today
   */
  static ReplayPlan of(Map<String, EventState> shares, List<String> handlers) {
    if (handlers.isEmpty()) {
      return NOTHING;
    }
    boolean finished =
        shares.values().stream().noneMatch(state -> state.isOpen() || state == EventState.DEAD);
    ReplayPlan plan =
        new ReplayPlan(
            new ArrayList<>(),
            new ArrayList<>(),
            handlers.stream().filter(route -> !shares.containsKey(route)).toList(),
            new ArrayList<>(),
            EventState.IGNORED);
    Map<String, EventState> after = new LinkedHashMap<>(shares);
    plan.add().forEach(route -> after.put(route, EventState.RECEIVED));
    shares.forEach(
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
            plan.hurry().add(route);
          }
        });
    return new ReplayPlan(
        List.copyOf(plan.reset()),
        List.copyOf(plan.hurry()),
        plan.add(),
        List.copyOf(plan.remove()),
        EventState.ofShares(after.values()));
  }

  /** Whether a handler gets to run that would not, or not yet. */
  boolean runsSomething() {
    return !reset.isEmpty() || !hurry.isEmpty() || !add.isEmpty();
  }
}
