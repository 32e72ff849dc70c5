package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import hub.cli.Shell.Result;
import hub.config.Variables;
import hub.testing.Program;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pages for one task each show is true. */
@Tag("process")
class HowToTest {
  private static final Path DOCS = Path.of("src/docs");
  private static final Pattern ROUTE =
      Pattern.compile("<!-- (route|variables) (\\S+) -->\n *```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern TRY =
      Pattern.compile("<!-- try -->\n *```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

  /** A command of the program, at the start of a line of a shell's block. */
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^ *(?:target/)?integration-master(?: +(\\S+))?");

  private static final Set<String> COMMANDS =
      Set.of(
          "run",
          "lint",
          "test",
          "doctor",
          "new",
          "send",
          "events",
          "show",
          "replay",
          "catch-up",
          "tail",
          "rotate-keys",
          "version",
          "backup",
          "restore",
          "sql",
          "archive");

  @TempDir private Path folder;

  private static List<Path> pages() throws IOException {
    try (Stream<Path> howTo = Files.list(DOCS.resolve("how-to"))) {
      List<Path> pages = new ArrayList<>(howTo.sorted().toList());
      pages.add(DOCS.resolve("getting-started.md"));
      pages.add(DOCS.resolve("upgrading.md"));
      return pages;
    }
  }

  @Test
  void the_routes_that_they_show_have_no_fault() throws IOException {
    Path routes = folder.resolve("routes");
    copy(Path.of("routes"), routes);
    int shown = 0;
    for (Path page : pages()) {
      Matcher route = ROUTE.matcher(Files.readString(page));
      while (route.find()) {
        boolean isRoute = route.group(1).equals("route");
        Path file =
            routes.resolve(route.group(2) + (isRoute ? ".camel.yaml" : "/" + Variables.FILE));
        Files.createDirectories(file.getParent());
        Files.writeString(file, route.group(3).stripIndent());
        shown++;
      }
    }
    assertThat(shown).isEqualTo(7);

    Result lint = new Shell(folder).with("ACME_WEBHOOK_SECRET", "the-secret-of-acme").run("lint");

    assertThat(lint.code()).as(lint.out() + lint.err()).isZero();
    assertThat((lint.out() + lint.err()).lines()).noneMatch(line -> line.contains("acme"));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  @Test
  void they_name_no_command_that_there_is_not() throws IOException {
    Set<String> unknown = new TreeSet<>();
    for (Path page : pages()) {
      Matcher shell = SHELL.matcher(Files.readString(page));
      while (shell.find()) {
        Matcher command = COMMAND.matcher(shell.group(1));
        while (command.find()) {
          if (command.group(1) != null && !COMMANDS.contains(command.group(1))) {
            unknown.add(page + ": " + command.group(1));
          }
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void a_backup_is_made_and_restored_by_the_commands_of_its_page() throws Exception {
    Files.createDirectories(folder.resolve("target"));
    Files.createSymbolicLink(folder.resolve("target/integration-master"), Program.script());
    List<String> blocks =
        TRY.matcher(Files.readString(DOCS.resolve("how-to/back-up.md")))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(blocks).hasSize(2);
    try (TestHub hub =
        TestHub.on(Store.H2).routeFile("example/example-webhook.camel.yaml").start()) {
      hub.append("example", "e-1", "greeting", null, "{}");
      assertThat(bash(blocks.get(0), hub)).contains("backup.zip: 1 event, ");
    }
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("encryption.keys"), "of another");
    assertThat(bash(blocks.get(1), null)).contains("1 event", "Restored. Start the hub.");
    assertThat(data.resolve("hub.mv.db")).exists();
  }

  /**
   * @param hub that runs; null for none
   */
  private String bash(String script, TestHub hub) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-ec", script)
            .directory(folder.toFile())
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (hub != null) {
      builder.environment().put("HUB_ADMIN_KEY", TestHub.ADMIN_KEY);
      builder.environment().put("PORT", Integer.toString(hub.port()));
      builder.environment().put("PUBLIC_URL", "http://localhost:" + hub.port());
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    if (process.exitValue() != 0) {
      fail("exit code %s: %s", process.exitValue(), output);
    }
    return output;
  }
}
