package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.cli.Shell.Result;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of the commands shows what they print. */
@Tag("slow") // tail runs for a second
class CliPageTest {
  private static final Pattern EXAMPLE =
      Pattern.compile(
          "<!-- cli -->\n```sh\nintegration-master (.*?)\n```\n```text\n(.*?)```", Pattern.DOTALL);

  @TempDir private Path folder;

  @Test
  void each_example_prints_what_stands_below_it() throws IOException {
    Matcher examples = EXAMPLE.matcher(Files.readString(Path.of("src/docs/cli.md")));
    Shell shell = new Shell(folder);
    TestHub hub = null;
    List<String> run = new ArrayList<>();
    try {
      while (examples.find()) {
        String command = examples.group(1);
        if (hub == null && !command.startsWith("new ")) {
          hub = hub();
          shell
              .with("camel.server.port", Integer.toString(hub.port()))
              .with("camel.server.enabled", "true")
              .with("hub.data-dir", hub.folder().resolve("data").toString())
              .with("hub.admin-key", TestHub.ADMIN_KEY);
        }
        run.add(command.split(" ", 2)[0]);
        assertPrints(shell, command, examples.group(2));
      }
    } finally {
      if (hub != null) {
        hub.close();
      }
    }
    assertThat(run)
        .contains("new", "send", "events", "show", "replay", "tail", "doctor", "version");
  }

  private TestHub hub() throws IOException {
    TestHub.Builder builder =
        TestHub.on(Store.H2)
            .with(
                "SHOP_WEBHOOK_SECRET",
                Files.readString(folder.resolve("data/secrets/SHOP_WEBHOOK_SECRET")).strip());
    for (String name : List.of("shop-webhook", "shop-log-event", "shop-note-order")) {
      builder.route(name, Files.readString(folder.resolve("routes/shop/" + name + ".camel.yaml")));
    }
    return builder.start();
  }

  private static void assertPrints(Shell shell, String command, String expected) {
    String[] args =
        Arrays.stream(command.split(" ", -1))
            .map(word -> word.replace("'", ""))
            .map(word -> word.equals("ID") ? newest(shell) : word)
            .toArray(String[]::new);
    if (command.startsWith("events")) {
      await()
          .until(
              () ->
                  shell
                      .run("events", "--json")
                      .out()
                      .lines()
                      .allMatch(line -> line.contains("\"done\"")));
    }
    Result result = shell.run(args);
    String pattern =
        Arrays.stream(expected.strip().split("…", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    assertThat(result.out().strip())
        .as(command + " " + result.err())
        .matches(Pattern.compile(pattern, Pattern.DOTALL));
  }

  private static String newest(Shell shell) {
    String line = shell.run("events", "--json", "--limit", "1").out().strip();
    return Json.own(line).get("id").asText();
  }
}
