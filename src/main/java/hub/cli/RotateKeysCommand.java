package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a running hub encrypt all tokens with its newest key. */
@Command(
    name = "rotate-keys",
    description = {
      "Encrypts people's tokens anew with the newest key of HUB_ENCRYPTION_KEYS, while the hub runs,"
          + " and tells which keys are still in use.",
      "To change a key: put the new one before the old one, start the hub again (every node; a file"
          + " of hub.secrets-dir is read again within ten seconds instead), run"
          + " this, and remove the old key once it is told to be no longer in use."
    },
    mixinStandardHelpOptions = true)
final class RotateKeysCommand implements Callable<Integer> {
  private final CliContext cliContext;
  @Mixin private AdminOptions hub;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  RotateKeysCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    AdminApi api = hub.api(cliContext);
    long count = 0;
    JsonNode answer;
    do {
      answer = api.rotateKeys();
      count += answer.path("count").asLong();
    } while (answer.path("remaining").asLong() > 0 && answer.path("count").asLong() > 0);
    if (json) {
      cliContext.out().println(Json.text(((ObjectNode) answer).put("count", count)));
    } else {
      print(answer, count);
    }
    return answer.path("remaining").asLong() > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private void print(JsonNode answer, long count) {
    String newest = answer.path("newest").asText();
    cliContext.out().println(people(count) + " encrypted anew with the key " + newest);
    List<String> old = new ArrayList<>();
    answer
        .path("keys")
        .properties()
        .forEach(
            key -> {
              cliContext
                  .out()
                  .println("in use: " + key.getKey() + ", " + people(key.getValue().asLong()));
              if (!key.getKey().equals(newest)) {
                old.add(key.getKey());
              }
            });
    if (old.isEmpty()) {
      cliContext.out().println("Every other key may be removed.");
    } else {
      cliContext
          .err()
          .println(
              "Still under "
                  + String.join(", ", old)
                  + ": keep these keys. "
                  + answer.path("unreadable").asLong()
                  + " cannot be read, because their key is missing or they were changed (see the"
                  + " hub's log); the rest was written by a node that has not been started with the"
                  + " new key, so start all nodes and run this again.");
    }
  }

  private static String people(long count) {
    return count + (count == 1 ? " person's tokens" : " people's tokens");
  }
}
