package hub.call.policy;

/** Suspends handler routes until an operator resumes them; in the registry by this type. */
@FunctionalInterface
public interface HandlerSuspension {
  /**
   * Suspends a handler on all nodes, also after a restart; its events wait.
   *
   * @param route the handler's route
   * @param reason for operators, without secrets
   */
  void suspend(String route, String reason);
}
