package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has a running hub fetch what a provider could not deliver. */
@Command(
    name = "catch-up",
    description = {
      "Fetches the events of a source that its provider could not deliver, and waits until each is"
          + " stored. An event that is there already stays as it is."
    },
    mixinStandardHelpOptions = true)
final class CatchUpCommand implements Callable<Integer> {
  private static final Set<String> UNFINISHED = Set.of("waiting", "running");

  /** A run of the schedule may have to end first. */
  private static final Duration PAUSE = Duration.ofMillis(300);

  private final CliContext cliContext;
  @Mixin private AdminOptions hub;

  @Parameters(paramLabel = "SOURCE", description = "The source, such as stripe.")
  private String source;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "How far back, such as 30m, 2h or 3d, or a time such as 2026-01-31T12:00:00Z. Default:"
              + " what the route looks back.")
  private String since;

  @Option(names = "--dry-run", description = "Only counts what is missing.")
  private boolean dryRun;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  CatchUpCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() throws InterruptedException {
    ObjectNode body = Json.object().put("source", source).put("dryRun", dryRun);
    if (since != null) {
      body.put("since", TimeAgo.instant(since, cliContext.clock()));
    }
    AdminApi api = hub.api(cliContext);
    JsonNode run = api.startCatchUp(body);
    AdminApi polling = api.polling();
    while (UNFINISHED.contains(run.path("state").asText())) {
      Thread.sleep(PAUSE.toMillis());
      run = polling.catchUp(run.path("id").asText());
    }
    print(run);
    return run.path("state").asText().equals("done") ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private void print(JsonNode run) {
    if (json) {
      cliContext.out().println(Json.text(run));
      return;
    }
    long missing = run.path("missing").asLong();
    cliContext
        .out()
        .println(
            "%d undelivered since %s, %d missing, %s"
                .formatted(
                    run.path("found").asLong(),
                    run.path("since").asText(),
                    missing,
                    dryRun
                        ? "none stored (--dry-run)"
                        : run.path("appended").asLong() + " stored"));
    if (run.hasNonNull("note")) {
      cliContext.err().println(run.path("note").asText());
    }
    if (!run.path("state").asText().equals("done")) {
      cliContext
          .err()
          .println(
              "catch-up "
                  + run.path("state").asText()
                  + ": "
                  + run.path("error").asText("the hub stopped; run it again"));
    }
  }
}
