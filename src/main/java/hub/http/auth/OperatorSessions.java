package hub.http.auth;

import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Knows the sessions of people who may be operators. Thread-safe. */
public interface OperatorSessions {
  /**
   * Who a session belongs to.
   *
   * @param person for people to read
   * @param operator empty for a person who logged in but is neither operator nor viewer
   */
  record Found(String person, Optional<Operator> operator) {}

  /** What a request shows for its session; empty when it has none. Does not block. */
  Optional<String> shown(HttpServerRequest request);

  /**
   * Refuses a request that another site's page made a browser send.
   *
   * @throws hub.http.problem.ProblemException 403 {@code not-permitted}
   */
  void requireOwnPage(HttpServerRequest request);

  /**
   * Looks a session up; may block.
   *
   * @param shown whatever came as the cookie
   * @return empty when there is no such session, or no more
   * @throws hub.db.StoreUnavailableException when the store does not answer
   */
  Optional<Found> find(String shown);
}
