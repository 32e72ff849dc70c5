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
  private static final long POLL_MILLIS = 500;

  /** Events whose last status is remembered; older ones are no longer reported. */
  private static final int MAX_SEEN = 10_000;

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

  /** The last printed status by event id, oldest first. */
  private final Map<String, String> seen =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MAX_SEEN;
        }
      };

  TailCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() throws InterruptedException {
    long end =
        seconds == null ? Long.MAX_VALUE : System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    AdminApi api = hub.api(cliContext);
    changes(api, true);
    if (!json) {
      cliContext.out().println(Terminal.heading());
    }
    boolean lost = false;
    while (seconds == null || System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
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
   * The events that are new or changed since the last poll, oldest first.
   *
   * @param first whether this is the first poll, which reads one page only
   */
  private List<JsonNode> changes(AdminApi api, boolean first) {
    List<JsonNode> changes = new ArrayList<>();
    Map<String, String> parameters = filter.given();
    parameters.put("limit", Integer.toString(EventsCommand.PAGE_SIZE));
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
