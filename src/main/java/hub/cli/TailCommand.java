package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows events as they come. */
@Command(
    name = "tail",
    description =
        "Shows events of a running hub as they come and as their status changes, until Ctrl-C.",
    mixinStandardHelpOptions = true)
final class TailCommand implements Callable<Integer> {
  private static final long POLL_MILLIS = 500;

  private final CliContext cliContext;
  @Mixin private AdminOptions hub;
  @Mixin private FilterOptions filter;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      description = "Ends after this time instead of with Ctrl-C.")
  private Integer seconds;

  @Option(names = "--json", description = "One JSON object a line instead of columns.")
  private boolean json;

  TailCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() throws InterruptedException {
    long end =
        seconds == null ? Long.MAX_VALUE : System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    EventChanges changes =
        new EventChanges(hub.api(cliContext).polling(), filter.given(cliContext.clock()));
    changes.look(true);
    if (!json) {
      cliContext.out().println(Terminal.heading());
      cliContext.out().flush();
    }
    boolean lost = false;
    while (seconds == null || System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      try {
        changes.look(false).forEach(this::print);
        if (lost) {
          cliContext.err().println("The hub answers again.");
        }
        lost = false;
      } catch (CommandFailedException e) {
        if (!lost) {
          cliContext.err().println(e.getMessage() + " Trying again.");
          lost = true;
        }
      }
    }
    return ExitCode.OK;
  }

  private void print(JsonNode event) {
    cliContext.out().println(json ? Json.text(event) : Terminal.row(event));
    cliContext.out().flush();
  }
}
