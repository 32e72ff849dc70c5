package hub.trial;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The run that is on in a hub, and the steps that all its runs reached. Thread-safe. */
final class Stages {
  private final TrialClock clock;
  private final Set<String> reached = ConcurrentHashMap.newKeySet();
  private volatile Stage current = new Stage(Map.of(), Stage.NEVER);
  private volatile Map<String, Object> variables = Map.of();
  private volatile List<String> handlers = List.of();

  Stages(TrialClock clock) {
    this.clock = clock;
  }

  TrialClock clock() {
    return clock;
  }

  Stage current() {
    return current;
  }

  /**
   * Begins a run.
   *
   * @param given variables that handlers find beside those of the inbox
   */
  void begin(Stage stage, Map<String, Object> given) {
    variables = given;
    current = stage;
  }

  Map<String, Object> variables() {
    return variables;
  }

  /** The routes whose ends are those of the event's handlers. */
  void handlers(List<String> routes) {
    handlers = routes;
  }

  List<String> handlers() {
    return handlers;
  }

  void reached(String step) {
    reached.add(step);
  }

  Set<String> reached() {
    return reached;
  }
}
