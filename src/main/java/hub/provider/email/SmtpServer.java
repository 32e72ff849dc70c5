package hub.provider.email;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * An SMTP server, by {@code smtp[s]://user:password@host:port}. User and password must be
 * percent-encoded where they contain {@code :/?#[]@%}.
 *
 * @param tls TLS from the first byte; else STARTTLS when the server offers it
 * @param requiresStartTls whether nothing is sent without STARTTLS
 */
record SmtpServer(
    boolean tls,
    String host,
    int port,
    Optional<String> user,
    Optional<String> password,
    boolean requiresStartTls) {
  /** Default ports by RFC 6409, and by RFC 8314 for TLS from the first byte. */
  private static final Map<String, Integer> PORTS = Map.of("smtp", 587, "smtps", 465);

  /**
   * @throws IllegalArgumentException with the fault, never with the password
   */
  static SmtpServer of(String url) {
    URI uri = parse(url.strip());
    Integer defaultPort = uri.getScheme() == null ? null : PORTS.get(uri.getScheme());
    if (defaultPort == null || uri.getHost() == null) {
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
        uri.getPort() < 0 ? defaultPort : uri.getPort(),
        login.map(parts -> decode(parts[0])),
        login.map(parts -> decode(parts[1])),
        !query.isEmpty());
  }

  private static URI parse(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // Its message contains the whole address with the password.
      throw new IllegalArgumentException(
          "cannot be read; percent-encode what is special in user and password (@ is %40)");
    }
  }

  /** Percent-decodes; a plus stays a plus. */
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  boolean hasCredentials() {
    return user.isPresent();
  }

  /**
   * Whether the host's text names this machine. Does not resolve names, because the result may
   * change.
   */
  boolean isLoopback() {
    return host.equalsIgnoreCase("localhost")
        || host.matches("127\\.\\d+\\.\\d+\\.\\d+")
        || host.equals("::1");
  }

  /** Whether nothing may be sent before STARTTLS. */
  boolean needsStartTls() {
    return !tls && (requiresStartTls || (hasCredentials() && !isLoopback()));
  }

  @Override
  public String toString() {
    return (tls ? "smtps://" : "smtp://") + host + ":" + port;
  }
}
