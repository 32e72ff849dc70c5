package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import java.net.URI;

/** Where a hub answers. */
final class HubAddress {
  private HubAddress() {}

  /**
   * @param url as given on the command line, or null
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
      // Told below.
    }
    throw CommandFailedException.wrongUsage(
        "'" + address + "' is no http or https address; write one such as http://localhost:8080");
  }
}
