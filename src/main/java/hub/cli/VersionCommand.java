package hub.cli;

import hub.util.Json;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.camel.impl.DefaultCamelContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;

/** Prints versions. */
@Command(
    name = "version",
    description = "Prints the versions of Integration Master, Camel and Java.",
    mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private final CliContext cliContext;

  @Option(
      names = "--json",
      description = "As one JSON object; version is null when it runs from its sources.")
  private boolean json;

  /** For picocli's {@code --version}. */
  VersionCommand() {
    this(CliContext.ofProcess());
  }

  VersionCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "Integration Master " + version().orElse("(from its sources)"),
      "Camel " + camel(),
      "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
    };
  }

  private static Optional<String> version() {
    return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion());
  }

  private static String camel() {
    return new DefaultCamelContext(false).getVersion();
  }

  @Override
  public Integer call() {
    if (json) {
      cliContext
          .out()
          .println(
              Json.text(
                  Json.object()
                      .put("version", version().orElse(null))
                      .put("camelVersion", camel())
                      .put("javaVersion", Runtime.version().toString())));
      return ExitCode.OK;
    }
    for (String line : getVersion()) {
      cliContext.out().println(line);
    }
    return ExitCode.OK;
  }
}
