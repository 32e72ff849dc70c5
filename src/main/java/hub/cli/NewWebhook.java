package hub.cli;

import hub.config.Settings;
import hub.lint.WebhookSource;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a source of webhooks. */
@Command(
    name = "webhook",
    description = {
      "Writes a route that receives webhooks at /api/webhooks/NAME, and a first handler, which logs"
          + " each event, with its test.",
      "Where you and the sender agree on a secret (hmac, token, bearer, basic), a random one is"
          + " written into the folder of secrets, so that the source works at once."
    },
    mixinStandardHelpOptions = true)
final class NewWebhook implements Callable<Integer> {
  private final CliContext cliContext;

  @Parameters(
      paramLabel = "NAME",
      description = "The source's name, in the path and in the inbox, such as shop.")
  private String name;

  @Option(
      names = "--scheme",
      paramLabel = "SCHEME",
      description =
          "How the sender proves itself. Default: the scheme of the source's name where there is one,"
              + " else hmac.")
  private String scheme;

  @Option(
      names = "--make-secret",
      description =
          "Write a random secret also for a sender that gives you one, to try the source with send.")
  private boolean makeSecret;

  NewWebhook(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    NewName source = NewName.of("NAME", name);
    Settings settings = cliContext.settings().get();
    Schemes schemes = new Schemes(SchemeFiles.of(cliContext.routes()));
    refuseTaken(source);
    String chosen =
        scheme != null ? scheme : schemes.named(source.text()).isPresent() ? source.text() : "hmac";
    WebhookScheme described =
        schemes
            .named(chosen)
            .orElseThrow(
                () ->
                    CommandFailedException.wrongUsage(
                        "--scheme: "
                            + String.join("; ", schemes.faultsOf(SchemeOptions.of(chosen)))));
    Map<String, String> parameters = parameters(source, described);
    WebhookScheme ofSource = schemes.overriddenBy(SchemeOptions.from(parameters));
    String variable = parameters.getOrDefault("secrets", described.variable());
    boolean isOurs = isAgreed(described);
    if ((described.needsSecret() && !isOurs) || !schemes.furtherVariables(chosen).isEmpty()) {
      parameters.put("optional", "true");
    }
    Path folder = cliContext.routes().resolve(source.text());
    NewName handler = new NewName(source.text() + "-log-event");
    NewFiles files =
        new NewFiles()
            .with(
                folder.resolve(source.text() + "-webhook.camel.yaml"),
                route(source, described, parameters));
    new NewHandlerFiles(handler, source, "*", Optional.of(ofSource)).addTo(files, folder);
    files.refusePresent();
    // Before the route: a hub in development mode takes that over at once, and checks the secret.
    NewSourceSecret secret =
        NewSourceSecret.put(cliContext, settings, described, variable, isOurs || makeSecret);
    List<Path> written;
    try {
      written = files.write();
    } catch (CommandFailedException e) {
      secret.undo();
      throw e;
    }
    written.forEach(file -> cliContext.out().println("wrote " + NewFiles.shown(file)));
    secret.tell(cliContext);
    schemes.furtherVariables(chosen).stream()
        .filter(further -> settings.named(further).isEmpty())
        .forEach(
            further -> cliContext.out().println("set " + further + "; see " + described.docs()));
    cliContext.out().println("Next:");
    cliContext.out().println("  lint");
    cliContext.out().println("  test " + NewFiles.shown(written.get(2)));
    cliContext.out().println("  run");
    cliContext.out().println("  send " + source.text());
    cliContext
        .out()
        .println("and write what is to happen in place of the log step of " + handler.text() + ".");
    return ExitCode.OK;
  }

  private void refuseTaken(NewName source) {
    TakenNames.refuseFedByHub(source);
    WebhookSource.in(cliContext.routes()).stream()
        .filter(one -> one.name().equals(source.text()))
        .findFirst()
        .ifPresent(
            one -> {
              throw CommandFailedException.failed(
                  one.location()
                      + " receives '"
                      + source.text()
                      + "' already; choose another name.");
            });
    TakenNames.refuseIds(
        cliContext.routes(), source.text() + "-webhook", source.text() + "-log-event");
  }

  /** Whether the two sides agree on the secret themselves: no sender's pages give one. */
  private static boolean isAgreed(WebhookScheme scheme) {
    return scheme.needsSecret() && scheme.variable().isEmpty();
  }

  private static Map<String, String> parameters(NewName source, WebhookScheme scheme) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("source", source.text());
    parameters.put("scheme", scheme.name());
    boolean isOwnName = source.text().equals(scheme.name()) && !scheme.variable().isEmpty();
    if (scheme.needsSecret() && !isOwnName) {
      boolean isKey = !scheme.keys().variable().isEmpty();
      parameters.put("secrets", source.variable() + (isKey ? "_PUBLIC_KEY" : "_WEBHOOK_SECRET"));
    }
    if (scheme.options().contains("signatureHeader")) {
      parameters.put(
          "signatureHeader",
          "X-"
              + Arrays.stream(source.text().split("-", -1))
                  .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                  .collect(Collectors.joining("-"))
              + (scheme.proof() == WebhookScheme.Proof.TOKEN ? "-Token" : "-Signature"));
    }
    if (scheme.event().eventId().isEmpty()) {
      parameters.put("eventId", "$.id");
      parameters.put("eventType", "$.type");
    }
    if (scheme.proof() == WebhookScheme.Proof.NONE) {
      parameters.put("unsafe", "true");
    }
    return parameters;
  }

  private static String route(
      NewName source, WebhookScheme scheme, Map<String, String> parameters) {
    boolean isGeneric = scheme.variable().isEmpty() && scheme.keys().url().isEmpty();
    String description =
        "Receives the events of " + (isGeneric ? source.text() : scheme.about().title()) + ".";
    return """
        - route:
            id: %1$s-webhook
            description: %2$s
            from:
              uri: kamelet:webhook-source
              parameters:
        %3$s
              steps:
                - to:
                    uri: inbox:%1$s
        """
        .formatted(
            source.text(),
            NewFiles.scalar(description),
            parameters.entrySet().stream()
                .map(one -> "        " + one.getKey() + ": " + value(one.getValue()))
                .collect(Collectors.joining("\n")));
  }

  private static String value(String text) {
    return text.equals("true") ? text : NewFiles.scalar(text);
  }
}
