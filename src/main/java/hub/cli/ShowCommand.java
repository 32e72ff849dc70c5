package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.trial.AsTest;
import hub.util.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one event of a running hub. */
@Command(
    name = "show",
    description = {
      "Shows an event of a running hub: its state, its handlers with their attempts, headers and"
          + " payload.",
      "Secrets are masked, as in the console."
    },
    mixinStandardHelpOptions = true)
final class ShowCommand implements Callable<Integer> {
  private final CliContext cliContext;
  @Mixin private AdminOptions hub;

  @Parameters(
      paramLabel = "ID",
      description = "The event's id, or its first eight characters or more.")
  private String id;

  @Option(names = "--json", description = "As one JSON object, as the hub answers it.")
  private boolean json;

  @Option(
      names = "--as-test",
      description = "As a test of its handlers, to put beside a route in a file *.test.yaml.")
  private boolean test;

  ShowCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    if (json && test) {
      throw CommandFailedException.wrongUsage("--json and --as-test: give one of them.");
    }
    AdminApi api = hub.api(cliContext);
    JsonNode event = api.event(new EventLookup(api).id(id));
    if (json) {
      cliContext.out().println(Json.text(event));
    } else if (test) {
      cliContext.out().print(AsTest.of(event));
    } else {
      new EventText(event).lines().forEach(cliContext.out()::println);
    }
    return ExitCode.OK;
  }
}
