package hub.provider.email;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Where e-mail is handed in: {@code smtp[s]://user:password@host:port}, user and password
 * percent-encoded where they hold {@code :/?#[]@%}.
 *
 * @param tls from the first byte; else by STARTTLS where the server offers it
 * @param insists sends nothing without STARTTLS
 */
record SmtpServer(
    boolean tls,
    String host,
    int port,
    Optional<String> user,
    Optional<String> password,
    boolean insists) {
  /** By RFC 6409, and RFC 8314 for TLS from the first byte. */
  private static final Map<String, Integer> PORTS = Map.of("smtp", 587, "smtps", 465);

  /**
   * @throws IllegalArgumentException saying what is wrong, never what the password is
   */
  static SmtpServer of(String url) {
    URI uri = parse(url.strip());
    Integer usual = uri.getScheme() == null ? null : PORTS.get(uri.getScheme());
    if (usual == null || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "must be smtp://host:port or smtps://host:port, with user:password@ before the host where the server asks for them");
    }
    String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
    if (!query.isEmpty() && !query.equals("starttls=required")) {
      throw new IllegalArgumentException("knows no other option than ?starttls=required");
    }
    Optional<String[]> login =
        Optional.ofNullable(uri.getRawUserInfo()).map(info -> info.split(":", 2));
    if (login.filter(parts -> parts.length == 1).isPresent()) {
      throw new IllegalArgumentException("has a user and no password");
    }
    return new SmtpServer(
        uri.getScheme().equals("smtps"),
        uri.getHost().replaceAll("^\\[|]$", ""),
        uri.getPort() < 0 ? usual : uri.getPort(),
        login.map(parts -> decode(parts[0])),
        login.map(parts -> decode(parts[1])),
        !query.isEmpty());
  }

  private static URI parse(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // Its message holds the whole address, password and all.
      throw new IllegalArgumentException(
          "cannot be read; percent-encode what is special in user and password (@ is %40)");
    }
  }

  /** A plus is a plus here, not a blank. */
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  boolean hasCredentials() {
    return user.isPresent();
  }

  /** By its spelling alone: what a name resolves to may change. */
  boolean isLoopback() {
    return host.equalsIgnoreCase("localhost")
        || host.matches("127\\.\\d+\\.\\d+\\.\\d+")
        || host.equals("::1");
  }

  /** Whether nothing may be said before the line is encrypted. */
  boolean needsStartTls() {
    return !tls && (insists || (hasCredentials() && !isLoopback()));
  }

  @Override
  public String toString() {
    return (tls ? "smtps://" : "smtp://") + host + ":" + port;
  }
}
