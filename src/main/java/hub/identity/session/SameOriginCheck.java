package hub.identity.session;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/**
 * Protects changes that are authorized by the session cookie against cross-site requests: the
 * browser sends the cookie with every request, and {@code Origin} tells the page that made it.
 * Immutable.
 */
public final class SameOriginCheck {
  private final PublicUrl base;

  /**
   * @param publicUrl {@code hub.public-url}
   */
  public SameOriginCheck(String publicUrl) {
    this.base = new PublicUrl(publicUrl);
  }

  /**
   * Refuses a request of another origin.
   *
   * @throws ProblemException 403 {@code not-permitted} unless {@code Origin} is {@code
   *     hub.public-url}
   */
  public void require(HttpServerRequest request) {
    List<String> origins = request.headers().getAll("Origin");
    if (origins.size() != 1 || !origins.get(0).equals(base.origin())) {
      throw new ProblemException(
          Problem.of(
              403,
              "not-permitted",
              "With the session cookie, a change needs the header Origin, and it must be "
                  + base.origin()
                  + ", which is hub.public-url. Where people reach the hub at another address, set PUBLIC_URL to that."));
    }
  }
}
