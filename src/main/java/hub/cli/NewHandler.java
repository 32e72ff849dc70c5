package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.db.TypePattern;
import hub.lint.WebhookSource;
import hub.util.Json;
import hub.webhook.OutgoingWebhook;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
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

  /** An event for the test. */
  private record Example(String type, String payload) {}

  @Override
  public Integer call() {
    NewName route = NewName.of("NAME", name);
    NewName from = NewName.of("--source", source);
    if (TypePattern.all(types).isEmpty() || types.chars().anyMatch(Character::isISOControl)) {
      throw CommandFailedException.wrongUsage(
          "--types: '" + types + "' names no type; write such as order.* or order.paid,order.sent");
    }
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
    Example example = example(scheme);
    Path folder = cliContext.routes().resolve(from.text());
    List<Path> written =
        new NewFiles()
            .with(folder.resolve(route.text() + ".camel.yaml"), route(route, from))
            .with(folder.resolve(route.text() + ".test.yaml"), test(route, from, example))
            .write();
    written.forEach(file -> cliContext.out().println("wrote " + NewFiles.shown(file)));
    if (known.isEmpty() && !schemes.names().contains(from.text())) {
      cliContext.out().println("No route receives " + source + " yet: new webhook " + source);
    }
    cliContext.out().println("Next: write what the handler does in place of its log step, then");
    cliContext.out().println("  lint");
    cliContext.out().println("  test " + NewFiles.shown(written.get(1)));
    cliContext.out().println("  send " + source + " " + example.type());
    return ExitCode.OK;
  }

  private String route(NewName route, NewName from) {
    return """
        - route:
            id: %s
            description: %s
            from:
              uri: inbox:%s
              parameters:
                types: %s
              steps:
                - log:
                    message: "${variable.type} of ${variable.source}, attempt ${variable.attempt}"
        """
        .formatted(
            route.text(),
            NewFiles.scalar("Handles events of " + from.text() + "."),
            from.text(),
            NewFiles.scalar(types));
  }

  private static String test(NewName route, NewName from, Example example) {
    return """
        - name: %s handles an event
          given:
            event:
              source: %s
              type: %s
              payload: %s
          then:
            state: done
            log:
              - %s
        """
        .formatted(
            route.text(),
            from.text(),
            NewFiles.scalar(example.type()),
            example.payload(),
            NewFiles.scalar(example.type() + " of " + from.text() + ", attempt 1"));
  }

  /** The scheme's first sample of a type that the handler takes, else a small event. */
  private Example example(Optional<WebhookScheme> scheme) {
    List<TypePattern> patterns = TypePattern.all(types);
    Optional<String> ofSample =
        scheme.stream()
            .flatMap(one -> one.samples().stream())
            .map(WebhookScheme.Sample::type)
            .filter(type -> patterns.stream().anyMatch(pattern -> pattern.matches(type)))
            .findFirst();
    String type = ofSample.orElseGet(() -> types.split(",", -1)[0].strip().replace("*", "sample"));
    return new Example(
        type, scheme.flatMap(one -> payload(one, type)).orElse("{\"id\": \"evt_1\"}"));
  }

  /** The body of a sample as YAML; empty when none can be made. */
  private static Optional<String> payload(WebhookScheme scheme, String type) {
    try {
      OutgoingWebhook message =
          new SendMessage(scheme, Optional.of(type), Optional.of("1"), Optional.empty())
              .to("http://localhost/", "", Instant.parse("2026-01-31T12:00:00Z"))
              .message();
      Optional<JsonNode> json = Json.parse(message.body());
      // JSON is YAML; a form stays a text.
      return Optional.of(
          json.filter(JsonNode::isContainerNode)
              .map(Json::text)
              .orElseGet(
                  () -> NewFiles.scalar(new String(message.body(), StandardCharsets.UTF_8))));
    } catch (CommandFailedException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
