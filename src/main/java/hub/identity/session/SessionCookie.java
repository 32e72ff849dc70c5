package hub.identity.session;

import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.ServerCookieDecoder;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/**
 * The cookie that a browser shows for its session. Where {@code hub.public-url} is https, its name
 * begins with {@code __Host-}: browsers then take it from this host over https alone, so that no
 * neighbour in the domain can plant one. Immutable.
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

  /** A {@code Set-Cookie} header's value; the browser forgets it when it is closed. */
  public String giving(String id) {
    return base.cookie(name, id, PATH);
  }

  /** A {@code Set-Cookie} header's value that makes the browser forget it. */
  public String clearing() {
    return base.cookie(name, "", PATH) + "; Max-Age=0";
  }

  /**
   * What came with the request. Two of the name are none: one of them is a stranger's, and the
   * request does not tell which.
   */
  public Optional<String> in(HttpServerRequest request) {
    // Vert.x makes one of two that have the same name.
    List<String> shown =
        request.headers().getAll("Cookie").stream()
            .flatMap(header -> ServerCookieDecoder.STRICT.decodeAll(header).stream())
            .filter(cookie -> cookie.name().equals(name))
            .map(Cookie::value)
            .toList();
    return shown.size() == 1 ? Optional.of(shown.get(0)) : Optional.empty();
  }
}
