package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final long EVERY_MILLIS = 500;

  /** Enough to know an event again; those before it are not looked at any more. */
  private static final int REMEMBERED = 10_000;

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

  /** The status of the events that were seen, the latest last. */
  private final Map<String, String> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > REMEMBERED;
        }
      };

  TailCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() throws InterruptedException {
    long end =
        seconds == null ? Long.MAX_VALUE : System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    AdminApi api = hub.api(cliContext.settings().get());
    changes(api, true);
    if (!json) {
      cliContext.out().println(Terminal.heading());
    }
    boolean lost = false;
    while (seconds == null || System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
      try {
        changes(api, false).forEach(this::print);
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

  /**
   * What is new since the last look, the oldest first.
   *
   * @param first one page is enough to know what is old
   */
  private List<JsonNode> changes(AdminApi api, boolean first) {
    List<JsonNode> changes = new ArrayList<>();
    Map<String, String> parameters = filter.given();
    parameters.put("limit", Integer.toString(EventsCommand.PAGE));
    boolean more = true;
    while (more) {
      JsonNode page = api.events(parameters);
      boolean metKnown = false;
      for (JsonNode event : page.get("events")) {
        String known = seen.put(event.path("id").asText(), event.path("status").asText());
        metKnown |= known != null;
        if (!event.path("status").asText().equals(known)) {
          changes.add(event);
        }
      }
      more = !first && !metKnown && !seen.isEmpty() && page.hasNonNull("nextCursor");
      parameters.put("cursor", page.path("nextCursor").asText());
    }
    Collections.reverse(changes);
    return changes;
  }
}
