package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.StoreProbe;
import hub.identity.token.EncryptionKeys;
import hub.lint.Fault;
import hub.lint.ListeningPort;
import hub.lint.Preflight;
import hub.lint.WebhookSource;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookSecrets;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** Checks whether the hub can run here. */
@Command(
    name = "doctor",
    description = {
      "Checks Java, settings, routes, event store, data folder, ports and secrets; changes nothing.",
      "Prints one line each: ok, warn or fail. Secrets are told as configured or missing."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  private static final int MIN_JAVA = 17;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final CliContext cliContext;
  private boolean failed;

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
    check("sources", () -> checkSources(settings));
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
    for (Fault fault : faults) {
      if (isReportedWithSource(fault)) {
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

  /** Whether the fault is a missing secret, which {@link #checkSource} reports. */
  private boolean isReportedWithSource(Fault fault) {
    return WebhookSource.in(cliContext.routes()).stream()
        .anyMatch(
            source ->
                fault.what().equals(source.secrets() + " is not set")
                    && fault.where().startsWith(source.location().replaceFirst(":\\d+$", ":")));
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
    checkKey("HUB_ADMIN_KEY", settings.text(Setting.ADMIN_KEY), consequence);
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

  private void checkSources(Settings settings) {
    for (WebhookSource source : WebhookSource.in(cliContext.routes())) {
      checkSource(settings, source);
    }
  }

  private void checkSource(Settings settings, WebhookSource source) {
    String line = "source " + source.name() + ": ";
    if (!Schemes.needsSecret(source.options().scheme())) {
      warn(line + "believes everybody (scheme none)");
      return;
    }
    int secrets =
        settings
            .named(source.secrets())
            .map(list -> WebhookSecrets.split(source.options().scheme(), list).size())
            .orElse(0);
    if (secrets > 0) {
      ok(line + source.secrets() + " configured" + (secrets > 1 ? ", " + secrets + " values" : ""));
    } else if (Preflight.makes(source.secrets())) {
      ok(line + source.secrets() + " will be made at the first start");
    } else if (source.optional()) {
      warn(line + source.secrets() + " missing; answers 503 until it is set");
    } else {
      fail(line + source.secrets() + " missing; the hub does not start without it");
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
    cliContext.out().println("%-4s  %s".formatted(verdict, line));
  }
}
