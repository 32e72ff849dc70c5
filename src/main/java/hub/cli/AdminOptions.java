package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options of commands that call a running hub: its URL and the operators' key. */
final class AdminOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The running hub. Default: hub.public-url.")
  private String url;

  @Option(
      names = "--key-variable",
      paramLabel = "NAME",
      description =
          "Variable or property that holds the operators' key. Default: HUB_ADMIN_KEY. The key"
              + " itself is never an argument: others could read it.")
  private String keyVariable;

  /** The client with the operators' key. */
  AdminApi api(Settings settings) {
    String key =
        key(settings)
            .orElseThrow(
                () ->
                    CommandFailedException.wrongUsage(
                        (keyVariable == null ? "HUB_ADMIN_KEY" : keyVariable)
                            + " is not set: set it to the operators' key of the hub. Where the hub"
                            + " made one itself, it printed it at its first start; delete"
                            + " admin.sha256 from keys.properties in its data folder to have a new"
                            + " one made."));
    return new AdminApi(HubAddress.of(url, settings), key);
  }

  private Optional<String> key(Settings settings) {
    return keyVariable == null
        ? Optional.of(settings.text(Setting.ADMIN_KEY)).filter(key -> !key.isEmpty())
        : settings.named(keyVariable);
  }
}
