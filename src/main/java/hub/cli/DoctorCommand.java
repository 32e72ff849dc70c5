package hub.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.config.Setting;
import hub.config.Settings;
import hub.db.StoreProbe;
import hub.identity.token.EncryptionKeys;
import hub.lint.Fault;
import hub.lint.ListeningPort;
import hub.util.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** Checks whether the hub can run here. */
@Command(
    name = "doctor",
    description = {
      "Checks Java, settings, routes, event store, data folder, ports and secrets; changes nothing.",
      "Prints one line each: ok, warn or fail. Secrets are told as configured or missing.",
      "With --online, it also makes one call to each configured provider, which changes nothing there,"
          + " and compares the clock. Without it, nothing leaves this computer but what the event"
          + " store needs."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final int MIN_JAVA = 17;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final CliContext cliContext;
  private final ArrayNode checks = Json.object().putArray("checks");
  private boolean failed;

  @Option(
      names = "--online",
      description = "Ask each configured provider, too, and compare the clock with theirs.")
  private boolean online;

  @Option(names = "--json", description = "As one JSON object.")
  private boolean json;

  DoctorCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  /** One check. */
  private interface Check {
    void run();
  }

  @Override
  public Integer call() {
    Settings settings = cliContext.settings().get();
    check("java", this::checkJava);
    check("settings and routes", this::checkFaults);
    check("data folder", () -> checkDataFolder(settings.path(Setting.DATA_DIR)));
    check("event store", () -> checkStore(settings));
    check("ports", () -> ListeningPort.of(settings).forEach(this::checkPort));
    check("keys", () -> checkKeys(settings));
    check("sources", () -> print(new SourceReport(cliContext.routes(), settings).lines()));
    if (online) {
      check(
          "providers",
          () -> print(new OnlineChecks(settings, cliContext.routes(), cliContext.clock()).lines()));
    }
    if (json) {
      ObjectNode report = Json.object().put("failed", failed);
      report.set("checks", checks);
      cliContext.out().println(Json.text(report));
    }
    return failed ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private void check(String name, Check check) {
    try {
      check.run();
    } catch (RuntimeException e) {
      fail(name + ": cannot be checked: " + String.join("; ", FailureText.of(e)));
    }
  }

  private void checkJava() {
    String java = "java: " + Runtime.version();
    if (Runtime.version().feature() >= MIN_JAVA) {
      ok(java);
    } else {
      fail(java + "; install " + MIN_JAVA + " or later");
    }
  }

  private void checkFaults() {
    List<Fault> faults = LintCommand.faults(cliContext);
    SourceReport sources = new SourceReport(cliContext.routes(), cliContext.settings().get());
    for (Fault fault : faults) {
      if (sources.tells(fault)) {
        failed = true;
        continue;
      }
      if (fault.level() == Fault.Level.ERROR) {
        fail(fault.toString());
      } else {
        warn(fault.toString());
      }
    }
    if (faults.isEmpty()) {
      ok("settings and routes: no faults");
    }
  }

  private void checkDataFolder(Path configured) {
    Path folder = cliContext.folder().resolve(configured).toAbsolutePath().normalize();
    Path existing = folder;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      fail("data folder: " + existing + " is not writable; see hub.data-dir");
    } else if (existing.equals(folder)) {
      ok("data folder: " + folder + " is writable");
    } else {
      ok("data folder: " + folder + " will be made at the first start");
    }
  }

  private void checkStore(Settings settings) {
    StoreProbe probe = StoreProbe.of(settings);
    String line = "event store: " + probe.detail();
    switch (probe.state()) {
      case READY, BEHIND, NOT_MADE_YET, IN_USE -> ok(line);
      case FAILED -> fail(line + "; see DATABASE_URL, DATABASE_USER, DATABASE_PASSWORD");
    }
  }

  private void checkPort(ListeningPort port) {
    String line = port.title() + " " + port.number() + ": ";
    if (port.isFree()) {
      ok(line + "free");
    } else if (answersAsHub(port.number())) {
      ok(line + "in use by a running hub");
    } else {
      fail(line + "in use by another program; end it or set " + port.variable());
    }
  }

  /**
   * Whether a hub listens on the port: its API refuses requests without a key with its own problem,
   * and its management port serves health checks.
   */
  private static boolean answersAsHub(int port) {
    return body(port, "/api/admin/stats").contains("urn:hub:problem:key-missing")
        || body(port, "/observe/health/live").contains("\"status\"");
  }

  private static String body(int port, String path) {
    try {
      return CliHttp.send(
              HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                  .timeout(TIMEOUT)
                  .build())
          .body();
    } catch (CommandFailedException e) {
      return "";
    }
  }

  private void checkKeys(Settings settings) {
    String consequence = "prints it once";
    checkKey(
        OperatorKey.VARIABLE,
        settings.text(Setting.ADMIN_KEY),
        consequence + " and keeps it in secrets/HUB_ADMIN_KEY of the data folder");
    checkKey("HUB_API_KEYS", settings.text(Setting.API_KEYS), consequence);
    checkKey(
        "HUB_ENCRYPTION_KEYS",
        EncryptionKeys.configured(settings),
        "keeps it in the data folder, where no other node has it");
  }

  private void checkKey(String variable, String value, String consequence) {
    if (value.isEmpty()) {
      warn(variable + ": missing; the hub makes a key at its first start and " + consequence);
    } else {
      ok(variable + ": configured");
    }
  }

  private void print(List<SourceReport.Line> lines) {
    for (SourceReport.Line line : lines) {
      switch (line.verdict()) {
        case OK -> ok(line.text());
        case WARN -> warn(line.text());
        case FAIL -> fail(line.text());
      }
    }
  }

  private void ok(String line) {
    print("ok", line);
  }

  private void warn(String line) {
    print("warn", line);
  }

  private void fail(String line) {
    failed = true;
    print("fail", line);
  }

  private void print(String verdict, String line) {
    if (json) {
      checks.addObject().put("verdict", verdict).put("text", line);
    } else {
      cliContext.out().println("%-4s  %s".formatted(verdict, line));
    }
  }
}
