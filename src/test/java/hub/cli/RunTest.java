package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  @TempDir private Path folder;

  /** What a process left behind. */
  private record Ended(int code, String output) {}

  @BeforeEach
  void layOutAFolder() throws IOException {
    Files.createDirectories(folder.resolve("routes/kamelets"));
    Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
  }

  private Ended run(Map<String, String> environment, String... args) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                absoluteClassPath(),
                "hub.Hub")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile());
    builder.command().addAll(java.util.List.of(args));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends by itself").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(
        process.exitValue(), Files.readString(folder.resolve("output"), StandardCharsets.UTF_8));
  }

  private static String absoluteClassPath() {
    StringBuilder path = new StringBuilder();
    for (String one : System.getProperty("java.class.path").split(java.io.File.pathSeparator, -1)) {
      path.append(Path.of(one).toAbsolutePath()).append(java.io.File.pathSeparator);
    }
    return path.toString();
  }

  @Test
  void a_wrong_setting_ends_the_start_with_its_remedy_and_no_stack_trace() throws Exception {
    Ended ended =
        run(
            Map.of(
                "HUB_INBOX_RETENTION_DAYS", "soon",
                "DATABASE_URL", "jdbc:oracle:thin:@x"));

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output())
        .contains(
            "The hub does not start:",
            "hub.inbox.retention-days: HUB_INBOX_RETENTION_DAYS must be a whole number",
            "hub.database.url: DATABASE_URL starts neither with")
        .doesNotContain("\tat ");
  }

  @Test
  void a_port_that_is_taken_ends_the_start() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Ended ended =
          run(
              Map.of(
                  "PORT", Integer.toString(taken.getLocalPort()),
                  "MANAGEMENT_PORT", "0",
                  "HUB_ADMIN_KEY", "a-key-long-enough-for-all",
                  "HUB_API_KEYS", "test:a-key-long-enough-too"),
              "run");

      assertThat(ended.code()).isEqualTo(1);
      assertThat(ended.output())
          .contains("port " + taken.getLocalPort() + ": cannot be opened", "set PORT")
          .doesNotContain("\tat ");
    }
  }

  @Test
  void a_command_prints_what_it_has_to_say_and_no_log() throws Exception {
    Ended ended = run(Map.of(), "events");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.output()).startsWith("HUB_ADMIN_KEY is not set: ").hasLineCount(1);
  }
}
