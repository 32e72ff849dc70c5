package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Replays events of a running hub. */
@Command(
    name = "replay",
    description = {
      "Runs events again, by the handlers that the hub has now: those with these ids, or all that"
          + " the options name.",
      "A dead event runs its dead handlers, a done or ignored one all; one that waits does so no"
          + " longer."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  private final CliContext cliContext;
  @Mixin private AdminOptions hub;
  @Mixin private FilterOptions filter;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  @Option(names = "--dry-run", description = "Only counts; with options, not with ids.")
  private boolean dryRun;

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description = "Ids of events, or their first eight characters or more.")
  private List<String> ids = new ArrayList<>();

  ReplayCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    Map<String, String> given = filter.given(cliContext.clock());
    if (ids.isEmpty() == given.isEmpty()) {
      throw CommandFailedException.wrongUsage(
          "Give either ids, or at least one of --source, --status, --type, --since, --until.");
    }
    if (dryRun && !ids.isEmpty()) {
      throw CommandFailedException.wrongUsage(
          "--dry-run counts what options name; it takes no ids.");
    }
    AdminApi api = hub.api(cliContext);
    return ids.isEmpty() ? replayAll(api, given) : replayEach(api);
  }

  private int replayAll(AdminApi api, Map<String, String> given) {
    ObjectNode body = Json.object().put("dryRun", dryRun);
    given.forEach(body::put);
    JsonNode answer = api.replayAll(body);
    long count = answer.path("count").asLong();
    cliContext
        .out()
        .println(
            json
                ? Json.text(answer)
                : count
                    + (count == 1 ? " event" : " events")
                    + (dryRun ? " would run again" : " run again"));
    return ExitCode.OK;
  }

  /** Finds all events before the first runs, so that a wrong id stops everything. */
  private int replayEach(AdminApi api) {
    EventLookup lookup = new EventLookup(api);
    List<String> whole = ids.stream().map(lookup::id).distinct().toList();
    int code = ExitCode.OK;
    for (String id : whole) {
      try {
        JsonNode answer = api.replay(id);
        cliContext
            .out()
            .println(json ? Json.text(answer) : id + " " + answer.path("status").asText());
      } catch (CommandFailedException e) {
        cliContext.err().println(id + " " + e.getMessage());
        code = Math.max(code, e.exitCode());
      }
    }
    return code;
  }
}
