package hub.http.auth;

import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Looks up the sessions of people who logged in. Thread-safe. */
public interface OperatorSessions {
  /**
   * The owner of a session.
   *
   * @param person the name, for people to read
   * @param operator empty for a person who logged in but is neither operator nor viewer
   */
  record Found(String person, Optional<Operator> operator) {}

  /** The session token of a request; empty when it has none. Does not block. */
  Optional<String> shown(HttpServerRequest request);

  /**
   * Refuses a request that a page of another site made a browser send.
   *
   * @throws hub.http.problem.ProblemException 403 {@code not-permitted}
   */
  void requireOwnPage(HttpServerRequest request);

  /**
   * Looks a session up; may block.
   *
   * @param shown the session token, as received
   * @return empty when there is no such session, or it has ended
   * @throws hub.db.StoreUnavailableException when the store does not answer
   */
  Optional<Found> find(String shown);
}
