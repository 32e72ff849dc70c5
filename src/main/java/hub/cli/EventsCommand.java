package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists events of a running hub. */
@Command(
    name = "events",
    description = "Lists events of a running hub, the newest first.",
    mixinStandardHelpOptions = true)
final class EventsCommand implements Callable<Integer> {
  /** The largest page of the API. */
  static final int PAGE_SIZE = 200;

  private final CliContext cliContext;
  @Mixin private AdminOptions hub;
  @Mixin private FilterOptions filter;

  @Option(
      names = "--q",
      paramLabel = "TEXT",
      description = "Only events with this in their ids, type or error.")
  private String q;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description = "How many at most. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(names = "--json", description = "One JSON object a line instead of a table.")
  private boolean json;

  EventsCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      throw CommandFailedException.wrongUsage("--limit: at least 1");
    }
    List<JsonNode> events = read(hub.api(cliContext));
    if (json) {
      events.forEach(event -> cliContext.out().println(Json.text(event)));
    } else if (events.isEmpty()) {
      cliContext.out().println("no events");
    } else {
      cliContext.out().println(Terminal.heading());
      events.forEach(event -> cliContext.out().println(Terminal.row(event)));
    }
    return ExitCode.OK;
  }

  private List<JsonNode> read(AdminApi api) {
    Map<String, String> parameters = filter.given(cliContext.clock());
    FilterOptions.put(parameters, "q", q);
    List<JsonNode> events = new ArrayList<>();
    boolean more = true;
    while (more && events.size() < limit) {
      parameters.put("limit", Integer.toString(Math.min(PAGE_SIZE, limit - events.size())));
      JsonNode page = api.events(parameters);
      page.get("events").forEach(events::add);
      more = page.hasNonNull("nextCursor");
      parameters.put("cursor", page.path("nextCursor").asText());
    }
    return events;
  }
}
