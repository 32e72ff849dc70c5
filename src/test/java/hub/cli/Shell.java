package hub.cli;

import hub.config.SecretFiles;
import hub.config.Settings;
import hub.testing.TestHub;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Runs commands in a test's folder with a test's settings. */
final class Shell {
  /**
   * The result of a command.
   *
   * @param code 0 done, 1 failed, 2 wrong usage
   */
  record Result(int code, String out, String err) {}

  private final Path folder;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private String input = "";

  Shell(Path folder) {
    this.folder = folder;
    settings.put("camel.main.routesIncludePattern", "file:routes/**/*.camel.yaml");
  }

  /** A shell in the folder of a running hub, with the operators' key. */
  static Shell of(TestHub hub) {
    return new Shell(hub.folder())
        .with("hub.public-url", hub.url("").toString())
        .with("camel.server.port", Integer.toString(hub.port()))
        .with("hub.admin-key", TestHub.ADMIN_KEY);
  }

  Shell with(String key, String value) {
    settings.put(key, value);
    return this;
  }

  Shell without(String key) {
    settings.remove(key);
    return this;
  }

  Shell typing(String text) {
    input = text;
    return this;
  }

  Result run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    SecretFiles secrets = new SecretFiles(folder.resolve("data").resolve("secrets"));
    Settings values =
        new Settings(key -> Optional.ofNullable(settings.get(key)).or(() -> secrets.read(key)));
    int code =
        Cli.execute(
            new CliContext(
                folder,
                () -> values,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Clock.systemUTC()),
            args);
    return new Result(code, out.toString(), err.toString());
  }
}
