package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import java.net.URI;

/** The URL of a hub. */
final class HubAddress {
  private HubAddress() {}

  /**
   * The URL without a trailing slash.
   *
   * @param url of the command line, or null for {@code hub.public-url}
   */
  static String of(String url, Settings settings) {
    String address = url == null ? settings.text(Setting.PUBLIC_URL) : url;
    while (address.endsWith("/")) {
      address = address.substring(0, address.length() - 1);
    }
    try {
      URI uri = URI.create(address);
      if (uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw CommandFailedException.wrongUsage(
        "'" + address + "' is no http or https address; write one such as http://localhost:8080");
  }
}
