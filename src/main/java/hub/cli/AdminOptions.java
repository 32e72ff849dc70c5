package hub.cli;

import picocli.CommandLine.Option;

/** The options of commands that call a running hub: its URL and the operators' key. */
final class AdminOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The running hub. Default: HUB_URL, else http://localhost:PORT.")
  private String url;

  @Option(
      names = "--key-variable",
      paramLabel = "NAME",
      description =
          "Variable or property that holds the operators' key. Default: HUB_ADMIN_KEY, else the"
              + " file secrets/HUB_ADMIN_KEY of the data folder. The key itself is never an"
              + " argument: others could read it.")
  private String keyVariable;

  /**
   * The client with the operators' key.
   *
   * @throws CommandFailedException when the address is none, or there is no key
   */
  AdminApi api(CliContext cliContext) {
    return new AdminApi(
        HubAddress.of(url, cliContext.settings().get()),
        OperatorKey.of(cliContext).read(keyVariable));
  }
}
