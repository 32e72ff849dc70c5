package hub.identity.session;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** {@code hub.public-url}, as browsers know it. Immutable. */
public final class PublicUrl {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final URI url;

  public PublicUrl(String text) {
    this.url = URI.create(text);
  }

  /** Whether the address is this machine's own. */
  public static boolean isLoopback(URI uri) {
    return uri.getHost() != null && LOOPBACK.contains(uri.getHost().toLowerCase(Locale.ROOT));
  }

  boolean isHttps() {
    return "https".equalsIgnoreCase(url.getScheme());
  }

  /** The address of a path of the hub's. */
  public String at(String path) {
    return url.toString().replaceFirst("/+$", "") + path;
  }

  /** As browsers write it in {@code Origin}: lower case, no port that goes without saying. */
  String origin() {
    return origin(url);
  }

  static String origin(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int usual = scheme.equals("https") ? 443 : 80;
    String port = uri.getPort() < 0 || uri.getPort() == usual ? "" : ":" + uri.getPort();
    return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + port;
  }

  /** The start of a {@code Set-Cookie} value; {@code Secure} unless this is http on localhost. */
  public String cookie(String name, String value, String path) {
    boolean plain = "http".equalsIgnoreCase(url.getScheme()) && isLoopback(url);
    return name
        + "="
        + value
        + "; Path="
        + path
        + "; HttpOnly; SameSite=Lax"
        + (plain ? "" : "; Secure");
  }
}
