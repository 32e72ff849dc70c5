package hub.edge;

import java.util.Optional;

/** Knows the sessions of people who may be operators. Thread-safe. */
public interface OperatorSessions {
  /** Name of the cookie that carries a session. */
  String COOKIE = "hub_session";

  /**
   * Who a session belongs to.
   *
   * @param operator empty for a person who signed in but is neither operator nor viewer
   */
  record Found(String person, Optional<Operator> operator) {}

  /**
   * Looks a session up; may block.
   *
   * @param token the cookie's value
   * @return empty when there is no such session, or not any more
   * @throws Exception when the store cannot tell
   */
  Optional<Found> find(String token) throws Exception;
}
