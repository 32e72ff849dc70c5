package hub.cli;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that filter events; their values are checked by the hub. */
final class FilterOptions {
  @Option(names = "--source", paramLabel = "NAME", description = "Only events of this source.")
  private String source;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description = "received, processing, retrying, done, ignored or dead.")
  private String status;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Only events of this type; * stands for any characters.")
  private String type;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Received then or later: 30s, 15m, 1h or 2d ago, 2026-01-31T12:00:00Z, or a day.")
  private String since;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "Received before; written likewise.")
  private String until;

  /**
   * The given options as parameters of the API.
   *
   * @param clock for times such as {@code 1h}
   */
  Map<String, String> given(Clock clock) {
    Map<String, String> given = new LinkedHashMap<>();
    put(given, "source", source);
    put(given, "status", status);
    put(given, "type", type);
    put(given, "since", TimeAgo.instant(since, clock));
    put(given, "until", TimeAgo.instant(until, clock));
    return given;
  }

  static void put(Map<String, String> given, String name, String value) {
    if (value != null) {
      given.put(name, value);
    }
  }
}
