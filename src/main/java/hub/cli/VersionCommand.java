package hub.cli;

import java.util.concurrent.Callable;
import org.apache.camel.impl.DefaultCamelContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;

/** Prints versions. */
@Command(
    name = "version",
    description = "Prints the versions of Integration Master, Camel and Java.",
    mixinStandardHelpOptions = true)
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private final CliContext cliContext;

  /** For picocli's {@code --version}. */
  VersionCommand() {
    this(CliContext.ofProcess());
  }

  VersionCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public String[] getVersion() {
    String version = VersionCommand.class.getPackage().getImplementationVersion();
    return new String[] {
      "Integration Master " + (version == null ? "(from its sources)" : version),
      "Camel " + new DefaultCamelContext(false).getVersion(),
      "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
    };
  }

  @Override
  public Integer call() {
    for (String line : getVersion()) {
      cliContext.out().println(line);
    }
    return ExitCode.OK;
  }
}
