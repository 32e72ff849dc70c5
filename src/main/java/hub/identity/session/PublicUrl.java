package hub.identity.session;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** {@code hub.public-url}: the URL under which browsers reach the hub. Immutable. */
public final class PublicUrl {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final URI url;

  public PublicUrl(String text) {
    this.url = URI.create(text);
  }

  /** Whether the host is this machine. */
  public static boolean isLoopback(URI uri) {
    return uri.getHost() != null && LOOPBACK.contains(uri.getHost().toLowerCase(Locale.ROOT));
  }

  boolean isHttps() {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  /** The URL of a path of the hub. */
  public String at(String path) {
    return url.toString().replaceFirst("/+$", "") + path;
  }

  /** The value of {@code Origin}: lower case, without the default port. */
  String origin() {
    return origin(url);
  }

  static String origin(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int defaultPort = scheme.equals("https") ? 443 : 80;
    String port = uri.getPort() < 0 || uri.getPort() == defaultPort ? "" : ":" + uri.getPort();
    return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
  }

  /** The start of a {@code Set-Cookie} value; {@code Secure} unless this is http on localhost. */
  public String cookie(String name, String value, String path) {
    boolean isLocalHttp = "http".equalsIgnoreCase(url.getScheme()) && isLoopback(url);
    return name
        + "="
        + value
        + "; Path="
        + path
        + "; HttpOnly; SameSite=Lax"
        + (isLocalHttp ? "" : "; Secure");
  }
}
