package hub.identity.session;

import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/**
 * The session cookie. If {@code hub.public-url} is https, its name starts with {@code __Host-}:
 * browsers accept it from this host over https only, so that no other host of the domain can set
 * it. Immutable.
 */
public final class SessionCookie {
  private static final String NAME = "hub_session";

  private static final String PATH = "/";

  private final PublicUrl base;
  private final String name;

  /**
   * @param publicUrl {@code hub.public-url}
   */
  public SessionCookie(String publicUrl) {
    this.base = new PublicUrl(publicUrl);
    this.name = base.isHttps() ? "__Host-" + NAME : NAME;
  }

  /** The {@code Set-Cookie} value for a session; the browser drops it when it is closed. */
  public String set(String id) {
    return base.cookie(name, id, PATH);
  }

  /** The {@code Set-Cookie} value that clears the cookie. */
  public String clear() {
    return base.cookie(name, "", PATH) + "; Max-Age=0";
  }

  /**
   * The session id of the request. Empty if there are two cookies of the name: one may have been
   * set by somebody else, and the request does not tell which.
   */
  public Optional<String> read(HttpServerRequest request) {
    // Not by Vert.x, which keeps one of two cookies of the same name.
    List<String> values =
        request.headers().getAll("Cookie").stream()
            .flatMap(header -> ServerCookieDecoder.STRICT.decodeAll(header).stream())
            .filter(cookie -> cookie.name().equals(name))
            .map(Cookie::value)
            .toList();
    return values.size() == 1 ? Optional.of(values.get(0)) : Optional.empty();
  }
}
