package hub.cli;

import hub.config.Settings;
import hub.lint.WebhookSource;
import hub.webhook.HubSchemeTools;
import hub.webhook.OutgoingWebhook;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends a signed webhook, as its provider does. */
@Command(
    name = "send",
    description = {
      "Sends a webhook to a hub, signed as its sender signs it.",
      "Without a file, the scheme's sample of the type, with a new id."
    },
    footer = {
      "",
      "Examples:",
      "  send stripe",
      "  send stripe invoice.paid --set data.object.amount_paid=500",
      "  send shop order.json",
      "  send --scheme typeform --to https://hub.example/api/webhooks/forms?form=7",
      "  send --scheme discord --private-key key.pem"
    },
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** What is surely meant as a file, even when it is not there. */
  private static final Pattern FILE_NAME = Pattern.compile(".*\\.(json|txt|xml)");

  private final CliContext cliContext;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "SOURCE",
      arity = "0..1",
      description =
          "Name of a source, of a route in routes/ or of hub.sources. Default: the name of --scheme.")
  private String source;

  @Parameters(
      index = "1",
      paramLabel = "TYPE|FILE",
      arity = "0..1",
      description = "The event's type, see --type; or a file that exists, or -, see --file.")
  private String typeOrFile;

  @Option(
      names = "--scheme",
      paramLabel = "NAME",
      description =
          "Sign by this scheme, for a source without a route; with the secret of its variable.")
  private String scheme;

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "The event's type: chooses the sample, and is written where the source reads it. Default:"
              + " the first sample's.")
  private String type;

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Change the body, at a JSONPath such as $.data.id or data.id, in a form at a field;"
              + " repeatable. A text stays a text, else the value is read as JSON.")
  private List<String> changes = new ArrayList<>();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description =
          "The body in place of a sample's, sent byte for byte; - reads it from standard input.")
  private String file;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "The event's id, in a sample or in the header that carries it. Default: a new one.")
  private String id;

  @Option(
      names = "--header",
      paramLabel = "NAME:VALUE",
      description = "A header more, or another value for one; repeatable.")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The running hub. Default: HUB_URL, else http://localhost:PORT.")
  private String url;

  @Option(
      names = "--to",
      paramLabel = "URL",
      description =
          "Any address in place of the hub's, with its query; an origin alone gets the path"
              + " /api/webhooks/SOURCE.")
  private String to;

  @Option(
      names = "--secret-name",
      paramLabel = "NAME",
      description =
          "Variable or property that holds the secret. Default: the one that the route names, or"
              + " the scheme.")
  private String secretName;

  @Option(
      names = "--private-key",
      paramLabel = "FILE",
      description =
          "The sender's key for schemes that are verified with a public one: PEM of PKCS #8.")
  private String privateKey;

  SendCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    readArguments();
    Settings settings = cliContext.settings().get();
    Schemes schemes = new Schemes(SchemeFiles.of(cliContext.routes()));
    WebhookSource from = source(settings, schemes);
    SendTarget target =
        to == null ? SendTarget.of(from.name(), url, settings) : SendTarget.at(to, from.name());
    SchemeTools tools = tools(settings);
    WebhookScheme described = schemes.overriddenBy(from.options());
    SigningKey key =
        privateKey == null
            ? SigningKey.ofSecret(schemes, from, secretName, settings, tools)
            : SigningKey.inFile(described, cliContext.folder().resolve(privateKey));
    SendMessage.Event event =
        new SendMessage(described, Optional.ofNullable(type), Optional.ofNullable(id), body())
            .to(target.signed(), key.secret(), cliContext.clock().instant());
    OutgoingWebhook message = event.message();
    Map<String, String> given = givenHeaders();
    message.headers().putAll(given); // some are signed
    SendMessage.change(message, changes);
    sign(new Signer(described, key.secret(), key.privateKey(), tools), event);
    message.headers().putAll(given);
    event.note().ifPresent(cliContext.err()::println);
    HttpResponse<String> answer =
        post(target.called(message.url()), message.body(), message.headers());
    cliContext.out().println("HTTP " + answer.statusCode());
    cliContext.out().println(answer.body());
    return answer.statusCode() < 300 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Tells the type from the file, and finds what is said twice. */
  private void readArguments() {
    if (source == null && scheme == null) {
      throw wrongUsage("Missing required parameter: 'SOURCE', or --scheme");
    }
    if (to != null && url != null) {
      throw wrongUsage("--to stands in place of the hub's address: leave --url out");
    }
    if (privateKey != null && secretName != null) {
      throw wrongUsage("--private-key stands in place of a secret: leave --secret-name out");
    }
    if (typeOrFile == null) {
      return;
    }
    boolean isFile =
        typeOrFile.equals("-") || FILE_NAME.matcher(typeOrFile).matches() || isThere(typeOrFile);
    if (isFile && file == null) {
      file = typeOrFile;
    } else if (!isFile && type == null) {
      type = typeOrFile;
    } else {
      throw wrongUsage("'" + typeOrFile + "' and " + (isFile ? "--file" : "--type") + ": name one");
    }
  }

  private ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private WebhookSource source(Settings settings, Schemes schemes) {
    SendSource sources = new SendSource(cliContext, settings, schemes);
    WebhookSource from =
        scheme == null
            ? sources.named(source)
            : sources.of(source == null ? scheme : source, scheme);
    List<String> faults = schemes.faultsOf(from.options());
    if (!faults.isEmpty()) {
      throw CommandFailedException.failed(from.location() + ": " + String.join("; ", faults));
    }
    return from;
  }

  private SchemeTools tools(Settings settings) {
    return new HubSchemeTools(
        cliContext.clock(),
        settings,
        new KeyCache(
            address -> {
              throw new IOException("send fetches no keys");
            },
            cliContext.clock()));
  }

  private void sign(Signer signer, SendMessage.Event event) {
    try {
      signer.sign(event.message(), event.id(), event.type(), cliContext.clock().instant());
    } catch (WebhookRejectedException | IllegalStateException | IllegalArgumentException e) {
      throw CommandFailedException.failed(
          (source == null ? scheme : source) + " cannot be signed: " + e.getMessage());
    }
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

  private Optional<byte[]> body() {
    if (file == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          file.equals("-") ? cliContext.in().readAllBytes() : Files.readAllBytes(path(file)));
    } catch (IOException e) {
      throw CommandFailedException.wrongUsage("The file " + file + " cannot be read.");
    }
  }

  private boolean isThere(String name) {
    try {
      return Files.isRegularFile(path(name));
    } catch (InvalidPathException e) {
      return false; // types may have colons, names of files on Windows may not
    }
  }

  private Path path(String name) {
    return cliContext.folder().resolve(Path.of(name));
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
