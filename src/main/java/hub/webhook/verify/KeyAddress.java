package hub.webhook.verify;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a sender's public keys are: an address with https, or with http on loopback.
 *
 * @param url in one form, so that no two are of one document: scheme and host in lower case,
 *     without the scheme's own port and a fragment
 * @param host as the scheme writes it, with {@code *} for a label; few, whatever requests say
 * @param saidByRequest whether a request said it; then it is at one of the sender's hosts, and
 *     anyone may have chosen its path
 */
public record KeyAddress(String url, String host, boolean saidByRequest) {
  private static final int MOST_CHARACTERS = 2_048;
  private static final int LAST_PORT = 65_535;
  private static final String HTTPS = "https";
  private static final String HTTP = "http";
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /** The address that a scheme writes; empty when it cannot be one. */
  static Optional<KeyAddress> written(String text) {
    return parse(text).map(uri -> new KeyAddress(normal(uri), host(uri), false));
  }

  /** The address that a request says; empty when it is at none of the hosts, or cannot be one. */
  static Optional<KeyAddress> said(String text, List<SenderHost> hosts) {
    return parse(text)
        .filter(uri -> port(uri) == HTTPS_PORT || isHttp(uri))
        .flatMap(
            uri ->
                hosts.stream()
                    .filter(host -> host.matches(host(uri)))
                    .findFirst()
                    .map(host -> new KeyAddress(normal(uri), host.text(), true)));
  }

  /** Whether its host is this machine by name, and not only by what a name server says. */
  public boolean isLoopback() {
    return Loopback.is(host);
  }

  private static Optional<URI> parse(String text) {
    if (text.length() > MOST_CHARACTERS) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(text);
      boolean usable =
          uri.getHost() != null
              && uri.getScheme() != null
              && uri.getRawUserInfo() == null
              && (isHttp(uri) ? Loopback.is(host(uri)) : HTTPS.equals(scheme(uri)))
              && port(uri) > 0
              && port(uri) <= LAST_PORT;
      return usable ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static String normal(URI uri) {
    boolean usual = port(uri) == (isHttp(uri) ? HTTP_PORT : HTTPS_PORT);
    String path = uri.getRawPath();
    URI normal =
        URI.create(
            scheme(uri)
                + "://"
                + host(uri)
                + (usual ? "" : ":" + uri.getPort())
                + (path.isEmpty() ? "/" : path)
                + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
    return normal.toASCIIString();
  }

  private static String scheme(URI uri) {
    return uri.getScheme().toLowerCase(Locale.ROOT);
  }

  private static boolean isHttp(URI uri) {
    return HTTP.equals(scheme(uri));
  }

  private static String host(URI uri) {
    return uri.getHost().toLowerCase(Locale.ROOT);
  }

  private static int port(URI uri) {
    return uri.getPort() == -1 ? isHttp(uri) ? HTTP_PORT : HTTPS_PORT : uri.getPort();
  }
}
