package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Ports;
import hub.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page for the first ten minutes, command by command, in a folder like a clean clone's. */
@Tag("process")
@Tag("slow")
class GettingStartedTest {
  private static final Path PAGE = Path.of("src/docs/getting-started.md");
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern ROUTE =
      Pattern.compile("<!-- route (\\S+) -->\n```yaml\n(.*?)```", Pattern.DOTALL);
  private static final String PROGRAM = "target/integration-master ";
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path folder;
  private final int port = Ports.free();
  private final int managementPort = Ports.free();
  private final List<Process> running = new ArrayList<>();

  @BeforeEach
  void layOutAClone() throws IOException {
    Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
    try (Stream<Path> files = Files.walk(Path.of("routes"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.copy(file, folder.resolve(file));
      }
    }
  }

  @AfterEach
  void stopAll() {
    running.forEach(Process::destroyForcibly);
  }

  @Test
  void every_command_of_the_page_does_what_the_page_says() throws Exception {
    List<String> commands = commands();
    assertThat(commands)
        .containsExactly(
            "new webhook acme --scheme hmac",
            "new handler acme-note --source acme",
            "lint",
            "test routes/acme/acme-note.test.yaml",
            "run --dev",
            "send acme");

    for (String command : commands) {
      if (command.startsWith("run")) {
        start(command);
        await().atMost(PATIENCE).until(() -> log().contains("ready: http"));
      } else {
        assertThat(run(command)).as(command).isNotBlank();
      }
    }
    for (String route : shownRoutes()) {
      assertThat(Files.exists(folder.resolve("routes").resolve(route + ".camel.yaml")))
          .as(route)
          .isTrue();
    }
    await().atMost(PATIENCE).until(() -> log().contains("of acme, attempt 1"));
    assertThat(run("events --since 1h")).contains("done");

    change("acme-note.camel.yaml", "message: .*", "message: \"noted: \\${variable.type}\"");
    await().atMost(PATIENCE).until(() -> log().contains("taken over"));
    run("send acme");
    await().atMost(PATIENCE).until(() -> log().contains("noted: "));
    assertThat(end(start("test routes/acme/acme-note.test.yaml"))).isEqualTo(1);

    change("acme-note.camel.yaml", "- log:", "- lug:");
    await().atMost(PATIENCE).until(() -> log().contains("not taken over"));
    assertThat(log()).contains("routes/acme/acme-note.camel.yaml:", "'lug'", "'log'");
    String before = run("send acme");
    assertThat(before).contains("accepted");
  }

  /** Those of the program, without what builds it. */
  private static List<String> commands() throws IOException {
    List<String> all = new ArrayList<>();
    Matcher block = SHELL.matcher(Files.readString(PAGE));
    while (block.find()) {
      block
          .group(1)
          .lines()
          .filter(line -> line.startsWith(PROGRAM))
          .map(line -> line.substring(PROGRAM.length()).strip())
          .forEach(all::add);
    }
    return all;
  }

  private static List<String> shownRoutes() throws IOException {
    List<String> all = new ArrayList<>();
    Matcher route = ROUTE.matcher(Files.readString(PAGE));
    while (route.find()) {
      all.add(route.group(1));
    }
    assertThat(all).hasSize(2);
    return all;
  }

  private void change(String file, String regex, String by) throws IOException {
    Path route = folder.resolve("routes/acme").resolve(file);
    String text = Files.readString(route);
    String changed = text.replaceFirst(regex, by);
    assertThat(changed).isNotEqualTo(text);
    Files.writeString(route, changed);
  }

  private Process start(String command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Program.script().toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output(command).toFile());
    builder.command().addAll(List.of(command.split(" ")));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().put("MANAGEMENT_PORT", Integer.toString(managementPort));
    // The better compiler costs a short life more than it gives back.
    builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    builder.environment().put("WARM_UP_SECONDS", "0");
    Process process = builder.start();
    running.add(process);
    return process;
  }

  private static int end(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private String run(String command) throws Exception {
    int code = end(start(command));
    String printed = Files.readString(output(command));
    assertThat(code).as(command + "\n" + printed).isZero();
    return printed;
  }

  private String log() throws IOException {
    return Files.readString(output("run --dev"));
  }

  private Path output(String command) {
    return folder.resolve(command.replaceAll("\\W+", "-") + ".out");
  }
}
