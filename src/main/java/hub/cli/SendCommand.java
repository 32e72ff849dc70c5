package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import hub.lint.WebhookSource;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookSecrets;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a signed webhook, as its provider does. */
@Command(
    name = "send",
    description = {
      "Sends a webhook to a hub, signed as the source's route in routes/ asks for.",
      "Without a file, a small sample with a new id."
    },
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final CliContext cliContext;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "Name of the source.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      arity = "0..1",
      description = "The body, sent byte for byte; - reads it from standard input.")
  private String file;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The running hub. Default: hub.public-url.")
  private String url;

  @Option(
      names = "--secret-name",
      paramLabel = "NAME",
      description =
          "Variable or property that holds the secret. Default: the one that the route names.")
  private String secretName;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "The event's id, in a sample or in the header that carries it. Default: a new one.")
  private String id;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "sample.sent",
      description =
          "The event's type, in a sample or in the header that carries it. Default:"
              + " ${DEFAULT-VALUE}.")
  private String type;

  @Option(
      names = "--header",
      paramLabel = "NAME:VALUE",
      description = "A header more, or another value for one; repeatable.")
  private List<String> headers = new ArrayList<>();

  SendCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    Settings settings = cliContext.settings().get();
    WebhookSource route = route();
    String address = HubAddress.of(url, settings) + "/api/webhooks/" + source;
    List<String> faults = Schemes.faultsOf(route.options());
    if (!faults.isEmpty()) {
      throw CommandFailedException.failed(route.location() + ": " + String.join("; ", faults));
    }
    String eventId = id == null ? "evt_" + UUID.randomUUID().toString().replace("-", "") : id;
    byte[] body =
        file == null ? SampleBody.of(Schemes.fieldsOf(route.options()), eventId, type) : read();
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.put("Content-Type", "application/json");
    all.putAll(signed(route, settings, new Signer.Message(eventId, type, body)));
    all.putAll(givenHeaders());
    HttpResponse<String> answer = post(address, body, all);
    cliContext.out().println("HTTP " + answer.statusCode());
    cliContext.out().println(answer.body());
    return answer.statusCode() < 300 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private WebhookSource route() {
    List<WebhookSource> sources = WebhookSource.in(cliContext.routes());
    return sources.stream()
        .filter(one -> one.name().equals(source))
        .findFirst()
        .orElseThrow(
            () ->
                CommandFailedException.wrongUsage(
                    "No route in "
                        + cliContext.routes()
                        + " receives '"
                        + source
                        + "'; there is "
                        + sources.stream()
                            .map(WebhookSource::name)
                            .sorted()
                            .collect(Collectors.joining(", "))
                        + "."));
  }

  private Map<String, String> signed(
      WebhookSource route, Settings settings, Signer.Message message) {
    if (!Schemes.needsSecret(route.options().scheme())) {
      return new Signer(route.options(), "").headers(message, cliContext.clock().instant());
    }
    String name = secretName == null ? route.secrets() : secretName;
    List<String> secrets =
        settings
            .named(name)
            .map(list -> WebhookSecrets.split(route.options().scheme(), list))
            .orElse(List.of());
    if (secrets.isEmpty()) {
      throw CommandFailedException.wrongUsage(
          name
              + " is not set: set it to the secret that the hub expects of "
              + source
              + ", or name another with --secret-name.");
    }
    try {
      // Reports an invalid secret as the hub does.
      Schemes.of(
          route.options(), secrets, settings.count(Setting.SECRETS_MIN_BYTES), cliContext.clock());
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.failed(name + ": " + e.getMessage());
    }
    return new Signer(route.options(), secrets.get(0))
        .headers(message, cliContext.clock().instant());
  }

  private Map<String, String> givenHeaders() {
    Map<String, String> given = new LinkedHashMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      if (colon < 1) {
        throw CommandFailedException.wrongUsage("--header: write NAME:VALUE");
      }
      given.put(header.substring(0, colon).strip(), header.substring(colon + 1).strip());
    }
    return given;
  }

  private byte[] read() {
    try {
      return file.equals("-")
          ? cliContext.in().readAllBytes()
          : Files.readAllBytes(cliContext.folder().resolve(Path.of(file)));
    } catch (IOException e) {
      throw CommandFailedException.wrongUsage("The file " + file + " cannot be read.");
    }
  }

  private static HttpResponse<String> post(
      String address, byte[] body, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(TIMEOUT)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach(
        (name, value) -> {
          try {
            request.header(name, value);
          } catch (IllegalArgumentException e) {
            throw CommandFailedException.wrongUsage("The header " + name + " cannot be sent.");
          }
        });
    return CliHttp.send(request.build());
  }
}
