package hub.cli;

import hub.config.Settings;
import hub.lint.WebhookSource;
import hub.util.Json;
import hub.webhook.HubSchemeTools;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "  send shop order.paid --count 1000 --rate 50",
      "  send --scheme typeform --to https://hub.example/api/webhooks/forms?form=7",
      "  send --scheme discord --private-key key.pem"
    },
    mixinStandardHelpOptions = true)
final class SendCommand implements Callable<Integer> {
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

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Send so many, each with a new id, and print a summary. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "How many a second, with --count. Default: one after the other.")
  private Double rate;

  @Option(names = "--json", description = "The answer, or the summary of --count, as JSON.")
  private boolean json;

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
    SignedMessages messages =
        new SignedMessages(
            new SendMessage(
                described,
                Optional.ofNullable(type),
                Optional.ofNullable(id),
                Optional.ofNullable(file).map(bodies()::read)),
            target,
            new Signer(described, key.secret(), key.privateKey(), tools),
            givenHeaders(),
            changes,
            cliContext.clock());
    return count == 1 && rate == null ? sendOne(messages) : sendMany(messages);
  }

  private int sendOne(SignedMessages messages) {
    SignedMessages.Message message = messages.next();
    message.note().ifPresent(cliContext.err()::println);
    long begun = System.nanoTime();
    HttpResponse<String> answer = CliHttp.send(message.request());
    if (json) {
      cliContext
          .out()
          .println(
              Json.text(
                  Json.object()
                      .put("status", answer.statusCode())
                      .put("durationMs", (System.nanoTime() - begun) / 1_000_000)
                      .put("body", answer.body())));
    } else {
      cliContext.out().println("HTTP " + answer.statusCode());
      cliContext.out().println(answer.body());
    }
    return answer.statusCode() < 300 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private int sendMany(SignedMessages messages) {
    SendSummary summary = new SendMany(cliContext.err(), count, rate).send(messages);
    if (json) {
      cliContext.out().println(Json.text(summary.json()));
    } else {
      summary.lines().forEach(cliContext.out()::println);
    }
    return summary.allAccepted() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Tells the type from the file, and finds what is said twice. */
  private void readArguments() {
    if (source == null && scheme == null) {
      throw wrongUsage("Missing required parameter: 'SOURCE', or --scheme");
    }
    if (to != null && url != null) {
      throw wrongUsage("--to stands in place of the hub's address: leave --url out");
    }
    if (count < 1 || count > SendMany.MAX_COUNT) {
      throw wrongUsage("--count: a whole number from 1 to " + SendMany.MAX_COUNT);
    }
    if (rate != null && !(rate > 0 && rate <= SendMany.MAX_RATE)) {
      throw wrongUsage("--rate: above 0, at most " + SendMany.MAX_RATE + " a second");
    }
    if (privateKey != null && secretName != null) {
      throw wrongUsage("--private-key stands in place of a secret: leave --secret-name out");
    }
    if (typeOrFile == null) {
      return;
    }
    boolean isFile = bodies().isFile(typeOrFile);
    if (isFile && file == null) {
      file = typeOrFile;
    } else if (!isFile && type == null) {
      type = typeOrFile;
    } else {
      throw wrongUsage("'" + typeOrFile + "' and " + (isFile ? "--file" : "--type") + ": name one");
    }
  }

  private SendBody bodies() {
    return new SendBody(cliContext.folder(), cliContext.in());
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
}
