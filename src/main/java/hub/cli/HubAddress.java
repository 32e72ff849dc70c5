package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import java.net.URI;
import java.util.Optional;

/**
 * Finds the hub that a command talks to: that of {@code --url}, else of {@code HUB_URL}, else the
 * one that the settings of this folder start on this computer.
 */
final class HubAddress {
  /** The variable with the address of a hub elsewhere. */
  static final String VARIABLE = "HUB_URL";

  private static final String DEFAULT_PORT = "8080";

  private HubAddress() {}

  /**
   * The URL without a trailing slash.
   *
   * @param url of the command line, or null
   * @throws CommandFailedException when it is no http or https address
   */
  static String of(String url, Settings settings) {
    return checked(
        Optional.ofNullable(url)
            .or(() -> settings.named(VARIABLE))
            .orElseGet(() -> ofThisFolder(settings)));
  }

  /** The address under which people reach this folder's hub: the setting {@code hub.public-url}. */
  static String published(Settings settings) {
    return checked(settings.text(Setting.PUBLIC_URL));
  }

  /** Where this folder's hub listens. {@code PORT} wins over {@code camel.server.port}. */
  static String ofThisFolder(Settings settings) {
    boolean encrypted =
        settings
            .named("camel.server.useGlobalSslContextParameters")
            .filter(Boolean::parseBoolean)
            .isPresent();
    String port =
        settings.named("camel.server.port").or(() -> settings.named("PORT")).orElse(DEFAULT_PORT);
    return (encrypted ? "https" : "http") + "://localhost:" + port.strip();
  }

  private static String checked(String given) {
    String address = given.strip();
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
