package hub.cli;

import hub.config.Settings;
import java.net.URI;

/**
 * Where a webhook is sent.
 *
 * @param called the address to call
 * @param signed the address that a scheme may sign: the one that the hub believes to have
 */
record SendTarget(String called, String signed) {

  /**
   * The address of a source. A hub that is called from its own computer still believes to have its
   * public address.
   *
   * @param url of the hub, or null, see {@link HubAddress}
   */
  static SendTarget of(String source, String url, Settings settings) {
    String path = "/api/webhooks/" + source;
    String base = HubAddress.of(url, settings);
    String known = HubAddress.published(settings);
    boolean isThisFolders = base.equals(HubAddress.ofThisFolder(settings));
    boolean isBehindProxy = isLoopback(base) && !isLoopback(known);
    return new SendTarget(base + path, (isThisFolders || isBehindProxy ? known : base) + path);
  }

  /**
   * Any address.
   *
   * @param address whole, with its query, or an origin such as {@code http://localhost:9000}, which
   *     gets the hub's path of the source
   * @throws CommandFailedException when it is none
   */
  static SendTarget at(String address, String source) {
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null
          && uri.getRawFragment() == null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        boolean isOrigin =
            uri.getRawQuery() == null
                && ("/".equals(uri.getRawPath()) || uri.getRawPath().isEmpty());
        String whole =
            isOrigin
                ? uri.getScheme() + "://" + uri.getRawAuthority() + "/api/webhooks/" + source
                : address;
        return new SendTarget(whole, whole);
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw CommandFailedException.wrongUsage(
        "--to: '"
            + address
            + "' is no http or https address; write an origin such as http://localhost:8080, or the"
            + " whole address");
  }

  private static boolean isLoopback(String base) {
    String host = URI.create(base).getHost();
    return "localhost".equals(host) || host.startsWith("127.") || "[::1]".equals(host);
  }

  /**
   * The address to call.
   *
   * @param url the signed address with what the signer has put behind it
   */
  String called(String url) {
    return called + url.substring(signed.length());
  }
}
