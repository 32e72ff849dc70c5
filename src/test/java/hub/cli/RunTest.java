package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Ports;
import hub.testing.Program;
import hub.testing.Store;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slow: each command is a process. */
@Tag("process")
@Tag("postgres")
@Tag("slow")
class RunTest {
  @TempDir private Path folder;

  /** Exit code and output of a process. */
  private record Ended(int code, String output) {}

  @BeforeEach
  void layOutAFolder() throws IOException {
    Files.createDirectories(folder.resolve("routes"));
    Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
  }

  private Ended run(Map<String, String> environment, String... args) throws Exception {
    Process process = start(environment, args);
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends by itself").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), output());
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("output"), StandardCharsets.UTF_8);
  }

  private Process start(Map<String, String> environment, String... args) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(Program.script().toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile());
    builder.command().addAll(List.of(args));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    builder.environment().putAll(environment);
    return builder.start();
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
  void variables_of_a_file_count_where_the_process_has_none() throws Exception {
    Files.writeString(
        folder.resolve(".env"),
        "export HUB_INBOX_RETENTION_DAYS='soon'\nPORT=99999\nMANAGEMENT_PORT=99998\n");
    Files.setPosixFilePermissions(
        folder.resolve(".env"), PosixFilePermissions.fromString("rw-------"));

    Ended ended = run(Map.of("PORT", "0"));

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output())
        .contains(
            ".env:1: HUB_INBOX_RETENTION_DAYS must be a whole number",
            ".env:3: MANAGEMENT_PORT must be a port, 0 to 65535, not '99998'")
        .doesNotContain("99999", "\tat ");
  }

  @Test
  void a_database_that_is_not_there_is_told_by_its_key_among_the_other_faults() throws Exception {
    String url = Store.POSTGRESQL.fresh(folder).get("hub.database.url");
    Ended ended =
        run(
            Map.of(
                "DATABASE_URL", url.replaceFirst("/hub\\d+", "/nowhere"),
                "DATABASE_USER", "postgres",
                "DATABASE_PASSWORD", "postgres",
                "PORT", "99999"));

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output())
        .contains(
            "hub.database.url: DATABASE_URL names a database that its server does not have;"
                + " make it with 'createdb'",
            "camel.server.port: PORT must be a port, 0 to 65535, not '99999'")
        .doesNotContain("Flyway", "\tat ");
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
  void what_passed_is_told_at_each_start_and_checked_again_when_it_changed() throws Exception {
    Files.writeString(folder.resolve("routes/notes.yml"), "a stray file");
    try (ServerSocket taken = new ServerSocket(0)) {
      Map<String, String> environment =
          Map.of("PORT", Integer.toString(taken.getLocalPort()), "MANAGEMENT_PORT", "0");
      for (int i = 0; i < 2; i++) {
        Ended ended = run(environment);
        assertThat(folder.resolve("data/check.passed")).exists();
        assertThat(ended.output())
            .contains(
                "routes/notes.yml: is neither a route nor a Kamelet",
                "port " + taken.getLocalPort() + ": cannot be opened");
      }

      set("hub.inbox.retention-days", "soon");
      assertThat(run(environment).output())
          .contains("hub.inbox.retention-days must be a whole number", "routes/notes.yml");
    }
  }

  @Test
  void a_command_prints_what_it_has_to_say_and_no_log() throws Exception {
    Ended ended = run(Map.of(), "events");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.output()).startsWith("HUB_ADMIN_KEY is not set: ").hasLineCount(1);
  }

  /** Changes a line of application.properties. */
  private void set(String key, String value) throws IOException {
    Path file = folder.resolve("application.properties");
    String changed =
        Files.readString(file)
            .replaceFirst("(?m)^" + key.replace(".", "\\.") + " =.*$", key + " = " + value);
    assertThat(changed).contains(key + " = " + value);
    Files.writeString(file, changed);
  }

  @Test
  void the_folders_own_settings_win_over_those_in_the_jar() throws Exception {
    int port = Ports.free();
    set("camel.server.port", Integer.toString(port));
    set("camel.management.port", Integer.toString(Ports.free()));
    set("hub.data-dir", "elsewhere");
    set("hub.webhook.max-body-bytes", "10");
    for (String file : new String[] {"example/example-webhook.camel.yaml"}) {
      Files.createDirectories(folder.resolve("routes").resolve(file).getParent());
      Files.copy(Path.of("routes", file), folder.resolve("routes").resolve(file));
    }
    Process hub = start(Map.of());
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .untilAsserted(
              () ->
                  assertThat(post(port, "/api/webhooks/example", "more than ten bytes"))
                      .contains("payload-too-large", "the 10 bytes"));
    } finally {
      hub.destroyForcibly();
    }
    assertThat(folder.resolve("elsewhere/hub.mv.db")).exists();
    assertThat(folder.resolve("data")).doesNotExist();
  }

  private static String post(int port, String path, String body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Test
  void lint_reads_the_folders_own_settings() throws Exception {
    set("hub.inbox.retention-days", "soon");

    Ended ended = run(Map.of(), "lint");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output())
        .contains("hub.inbox.retention-days must be a whole number", "not 'soon'");
  }

  @Test
  void a_file_that_camel_cannot_read_hides_no_other_fault() throws Exception {
    set("hub.inbox.retention-days", "soon");
    Files.writeString(folder.resolve("routes/empty.camel.yaml"), "");
    Files.writeString(folder.resolve("routes/tab.camel.yaml"), "- route:\n\tid: tab\n");

    Ended ended = run(Map.of());

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output())
        .contains(
            "routes/empty.camel.yaml: the file is empty; write a route or delete it",
            "routes/tab.camel.yaml:2: is not YAML",
            "indent with spaces",
            "hub.inbox.retention-days must be a whole number")
        .doesNotContain("\tat ");
  }

  @Test
  void a_missing_routes_folder_hides_no_other_fault() throws Exception {
    set("hub.inbox.retention-days", "soon");
    Files.delete(folder.resolve("routes"));

    Ended ended = run(Map.of());

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.output().lines().filter(line -> line.contains("there is no such folder")))
        .as("told once")
        .hasSize(1);
    assertThat(ended.output()).contains("hub.inbox.retention-days must be a whole number");
  }
}
