package hub.cli;

import hub.inbox.db.TypePattern;
import hub.lint.WebhookSource;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a handler of a source's events. */
@Command(
    name = "handler",
    description = "Writes a route that handles events of a source, and its test.",
    mixinStandardHelpOptions = true)
final class NewHandler implements Callable<Integer> {
  private final CliContext cliContext;

  @Parameters(paramLabel = "NAME", description = "The route's id, such as shop-note-order.")
  private String name;

  @Option(
      names = "--source",
      required = true,
      paramLabel = "SOURCE",
      description = "The source whose events are handled.")
  private String source;

  @Option(
      names = "--types",
      paramLabel = "TYPES",
      defaultValue = "*",
      description =
          "Types of events, comma-separated; * stands for any characters. Default: ${DEFAULT-VALUE}.")
  private String types;

  NewHandler(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    NewName route = NewName.of("NAME", name);
    NewName from = NewName.of("--source", source);
    TakenNames.refuseQueue("--source", from);
    if (TypePattern.all(types).isEmpty() || types.chars().anyMatch(Character::isISOControl)) {
      throw CommandFailedException.wrongUsage(
          "--types: '" + types + "' names no type; write such as order.* or order.paid,order.sent");
    }
    TakenNames.refuseIds(cliContext.routes(), route.text());
    Schemes schemes = new Schemes(SchemeFiles.of(cliContext.routes()));
    Optional<WebhookSource> known =
        WebhookSource.in(cliContext.routes()).stream()
            .filter(one -> one.name().equals(from.text()))
            .findFirst();
    Optional<WebhookScheme> scheme =
        known
            .filter(one -> schemes.faultsOf(one.options()).isEmpty())
            .map(one -> schemes.overriddenBy(one.options()))
            .or(() -> schemes.named(from.text()));
    NewHandlerFiles files = new NewHandlerFiles(route, from, types, scheme);
    Path folder = cliContext.routes().resolve(from.text());
    List<Path> written = files.addTo(new NewFiles(), folder).write();
    written.forEach(file -> cliContext.out().println("wrote " + NewFiles.shown(file)));
    if (known.isEmpty()
        && !from.text().equals(TakenNames.ALERTS)
        && !schemes.names().contains(from.text())) {
      cliContext.out().println("No route receives " + source + " yet: new webhook " + source);
    }
    cliContext.out().println("Next: write what the handler does in place of its log step, then");
    cliContext.out().println("  lint");
    cliContext.out().println("  test " + NewFiles.shown(written.get(1)));
    cliContext.out().println("  send " + source + " " + files.example().type());
    return ExitCode.OK;
  }
}
