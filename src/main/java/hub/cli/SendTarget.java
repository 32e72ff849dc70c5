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
   * @param url of the hub, or null for {@code hub.public-url}
   */
  static SendTarget of(String source, String url, Settings settings) {
    String path = "/api/webhooks/" + source;
    String base = HubAddress.of(url, settings);
    String known = HubAddress.of(null, settings);
    boolean isBehindProxy = isLoopback(base) && !isLoopback(known);
    return new SendTarget(base + path, (isBehindProxy ? known : base) + path);
  }

  /**
   * A whole address.
   *
   * @throws CommandFailedException when it is none
   */
  static SendTarget of(String address) {
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null
          && uri.getRawFragment() == null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return new SendTarget(address, address);
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw CommandFailedException.wrongUsage(
        "--to: '"
            + address
            + "' is no http or https address; write it whole, such as"
            + " http://localhost:8080/api/webhooks/shop");
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
