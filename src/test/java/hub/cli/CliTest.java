package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import hub.cli.Shell.Result;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CliTest {
  private static final String SECRET = "a-secret-that-nobody-may-see";

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void layOutAFolder() throws IOException {
    Files.createDirectories(folder.resolve("routes"));
    shell = new Shell(folder).with("hub.data-dir", folder.resolve("data").toString());
  }

  private void route(String source, String optional) throws IOException {
    Files.createDirectories(folder.resolve("routes/shop"));
    Files.writeString(
        folder.resolve("routes/shop/" + source + "-webhook.camel.yaml"),
        """
        - route:
            id: %1$s-webhook
            description: Receives the %1$s's events.
            from:
              uri: kamelet:webhook-source
              parameters:
                source: %1$s
                scheme: bearer
                secrets: SHOP_SECRET
                eventId: $.id
                %2$s
              steps:
                - to:
                    uri: inbox:%1$s
        """
            .formatted(source, optional));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "lint",
        "doctor",
        "send",
        "events",
        "replay",
        "tail",
        "rotate-keys",
        "version"
      })
  void every_command_explains_itself(String command) {
    Result result = shell.run(command, "--help");

    assertThat(result.code()).isZero();
    assertThat(result.out()).startsWith("Usage: integration-master " + command);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void help_lists_the_commands() {
    Result result = shell.run("--help");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("run", "doctor", "replay", "2 wrong usage");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"fly", "events --limit many", "events --colour red", "send", "tail --for never"})
  void wrong_usage_is_2_and_says_why(String line) {
    Result result = shell.run(line.split(" ", -1));

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("Usage: integration-master");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void version_tells_the_hub_camel_and_java() {
    Result result = shell.run("version");

    assertThat(result.code()).isZero();
    assertThat(result.out().lines())
        .hasSize(3)
        .anyMatch(line -> line.equals("Camel 4.18.0"))
        .anyMatch(line -> line.startsWith("Java " + Runtime.version()));
    assertThat(shell.run("--version").out()).isEqualTo(result.out());
  }

  @Test
  void lint_fails_when_the_start_would() throws IOException {
    route("shop", "optional: true");
    assertThat(shell.run("lint").code()).isZero();
    Files.writeString(folder.resolve("application.properties"), "hub.inbox.retention-day = 3\n");

    Result result = shell.run("lint");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains("application.properties:1: ", "did you mean 'hub.inbox.retention-days'?");
  }

  @Test
  void doctor_tells_of_each_thing_in_a_line_and_of_no_secret() throws IOException {
    route("shop", "optional: true");
    route("mill", "optional: true");
    shell.with("SHOP_SECRET", SECRET + "," + SECRET).with("hub.admin-key", SECRET);

    Result result = shell.run("doctor");

    assertThat(result.code()).as(result.out()).isZero();
    assertThat(result.out().lines()).allMatch(line -> line.matches("(ok  |warn|fail)  \\S.*"));
    assertThat(result.out())
        .contains(
            "ok    java: ",
            "will be made at the first start",
            "ok    event store: embedded H2, made at the first start",
            "ok    HUB_ADMIN_KEY: configured",
            "warn  HUB_API_KEYS: missing",
            "warn  HUB_ENCRYPTION_KEYS: missing; the hub makes a key at its first start and keeps it",
            "ok    source mill: SHOP_SECRET configured, 2 values")
        .doesNotContain(SECRET);
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void doctor_fails_for_a_secret_without_which_the_hub_does_not_start() throws IOException {
    route("shop", "");

    Result result = shell.run("doctor");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out())
        .contains("fail  source shop: SHOP_SECRET missing; the hub does not start without it");
  }

  @Test
  void a_missing_secret_is_told_once() throws IOException {
    route("shop", "");

    assertThat(shell.run("doctor").out().lines().filter(line -> line.contains("SHOP_SECRET")))
        .hasSize(1);
    assertThat(shell.run("lint").out()).contains("0 errors, 1 warning");
    assertThat(shell.run("lint", "--settings").out()).contains("1 error, 0 warnings");
  }

  @Test
  void doctor_knows_that_the_first_start_makes_the_examples_secret() throws IOException {
    Files.createDirectories(folder.resolve("routes/example"));
    Files.copy(
        Path.of("routes/example/example-webhook.camel.yaml"),
        folder.resolve("routes/example/example-webhook.camel.yaml"));

    assertThat(shell.run("doctor").out())
        .contains("ok    source example: EXAMPLE_WEBHOOK_SECRET will be made at the first start");
  }

  @Test
  void doctor_warns_of_a_source_that_only_waits_for_its_secret() throws IOException {
    route("shop", "optional: true");

    assertThat(shell.run("doctor").out())
        .contains("warn  source shop: SHOP_SECRET missing; answers 503 until it is set");
  }

  private void sender(String scheme, String optional) throws IOException {
    Files.createDirectories(folder.resolve("routes/" + scheme));
    Files.writeString(
        folder.resolve("routes/" + scheme + "/" + scheme + "-webhook.camel.yaml"),
        """
        - route:
            id: %1$s-webhook
            description: Receives.
            from: {uri: "kamelet:webhook-source?source=%1$s&scheme=%1$s%2$s", steps: [{to: {uri: "inbox:%1$s"}}]}
        """
            .formatted(scheme, optional));
  }

  @Test
  void doctor_tells_the_variable_of_the_scheme_and_its_further_ones_once_each() throws IOException {
    sender("meta", "");
    sender("paypal", "&optional=true");
    shell.with("META_APP_SECRET", SECRET);

    Result result = shell.run("doctor");

    assertThat(result.code()).as(result.out()).isEqualTo(1);
    assertThat(
            result.out().lines().filter(line -> line.contains("META_") || line.contains("PAYPAL_")))
        .containsExactly(
            "ok    source meta: META_APP_SECRET configured",
            "fail  source meta: META_VERIFY_TOKEN missing; the hub does not start without it",
            "warn  source paypal: PAYPAL_WEBHOOK_ID missing; answers 503 until it is set");
    assertThat(shell.run("lint").out())
        .contains("meta-webhook.camel.yaml:4: META_VERIFY_TOKEN is not set; the scheme needs it");
  }

  @Test
  void doctor_tells_of_the_sources_that_no_file_describes_too() throws IOException {
    sender("zoom", "&optional=true");
    Files.createDirectories(folder.resolve("routes/schemes"));
    Files.writeString(
        folder.resolve("routes/schemes/acme.scheme.yaml"),
        """
        title: Acme
        verify: jwt
        algorithm: rs256
        signature: {in: "header:Authorization", prefix: "Bearer "}
        keys: {url: "https://acme.example/jwks.json"}
        event: {id: $.id}
        """);
    Files.writeString(
        folder.resolve("routes/schemes/broken.scheme.yaml"), "title: Broken\nverify: trust\n");
    shell
        .with("hub.sources", " gitlab, typeform,zoom, gitlab,acme,gitlub,broken,")
        .with("TYPEFORM_WEBHOOK_SECRET", SECRET + "," + SECRET);

    Result result = shell.run("doctor");

    assertThat(result.out().lines().filter(line -> line.contains("  source ")))
        .containsExactly(
            "warn  source zoom: ZOOM_WEBHOOK_SECRET_TOKEN missing; answers 503 until it is set",
            "warn  source gitlab (hub.sources): GITLAB_WEBHOOK_SECRET missing; answers 503 until it is set",
            "ok    source typeform (hub.sources): TYPEFORM_WEBHOOK_SECRET configured, 2 values",
            "ok    source acme (hub.sources): needs no variable",
            "fail  source gitlub (hub.sources): there is no such scheme; see the reference of schemes",
            "fail  source broken (hub.sources): scheme: broken.scheme.yaml has faults: verify: 'trust' is"
                + " unknown; choose one of hmac, token, basic, public-key, jwt, none; lint tells the"
                + " lines");
    assertThat(result.out()).doesNotContain(SECRET);
    assertThat(result.code()).isEqualTo(1);
  }

  @Test
  void doctor_fails_for_a_store_that_does_not_answer_and_shows_no_password() {
    shell
        .with("hub.database.url", "jdbc:postgresql://localhost:1/hub")
        .with("hub.database.password", SECRET);

    Result result = shell.run("doctor");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("fail  event store: does not answer").doesNotContain(SECRET);
  }

  @Test
  void doctor_fails_for_a_port_that_another_program_has() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      taken.setSoTimeout(20_000);
      Thread stranger = new Thread(() -> hangUpOnEverybody(taken));
      stranger.setDaemon(true);
      stranger.start();
      shell.with("camel.server.enabled", "true").with("camel.server.port", port);

      Result result = shell.run("doctor");

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.out()).contains("fail  port " + port + ": in use by another program");
    }
  }

  private static void hangUpOnEverybody(ServerSocket server) {
    try {
      while (true) {
        server.accept().close();
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  @Test
  void each_command_explains_itself() {
    Result all = shell.run("help");
    assertThat(all.code()).isZero();
    for (String command :
        List.of(
            "run",
            "lint",
            "doctor",
            "new",
            "send",
            "events",
            "show",
            "replay",
            "tail",
            "rotate-keys",
            "version",
            "completion",
            "help")) {
      assertThat(all.out()).contains("\n  " + command);
      Result help = shell.run(command, "--help");
      assertThat(help.code()).as(command).isZero();
      assertThat(help.out()).as(command).contains("Usage: integration-master " + command);
      assertThat(shell.run("help", command).out()).isEqualTo(help.out()).doesNotContain("\u001b");
    }
  }

  @Test
  void the_script_for_completion_knows_commands_and_options() {
    for (String name : List.of("bash", "zsh")) {
      Result script = shell.run("completion", name);

      assertThat(script.code()).as(name).isZero();
      assertThat(script.out()).contains("integration-master", "rotate-keys", "--key-variable");
    }
    assertThat(shell.run("completion", "fish").code()).isEqualTo(2);
  }

  @Test
  void colours_are_for_terminals_that_want_them() {
    assertThat(Colours.areShown(Map.of("TERM", "xterm"), true)).isTrue();
    assertThat(Colours.areShown(Map.of("TERM", "xterm"), false)).isFalse();
    assertThat(Colours.areShown(Map.of("TERM", "dumb"), true)).isFalse();
    assertThat(Colours.areShown(Map.of("NO_COLOR", "1"), true)).isFalse();
    assertThat(Colours.areShown(Map.of("NO_COLOR", ""), true)).isTrue();
  }

  @Test
  void the_version_is_told_as_json_too() {
    assertThat(shell.run("version", "--json").out())
        .contains("\"javaVersion\":\"" + Runtime.version() + "\"");
  }
}
