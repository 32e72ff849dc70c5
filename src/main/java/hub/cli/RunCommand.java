package hub.cli;

import hub.config.Setting;
import hub.lint.Preflight;
import java.util.concurrent.Callable;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** Runs the hub until it is stopped. */
@Command(
    name = "run",
    description =
        "Starts the hub, from a folder with application.properties and routes/. Stops on SIGTERM.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  /** The setting's name, as a system property, because the log's layout depends on it, too. */
  private static final String DEV_PROPERTY = Setting.DEV.key();

  private final CliContext cliContext;

  @Option(
      names = "--dev",
      description =
          "Takes over saved files of routes/ while it runs, and logs for people. Not for production.")
  private boolean dev;

  RunCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    if (dev) {
      System.setProperty(DEV_PROPERTY, "true");
    }
    try {
      Preflight.check(cliContext.settings().get());
      Main main = new Main();
      main.setPropertyPlaceholderLocations(CliContext.LOCATIONS);
      main.bind(Preflight.CHECKED, true);
      main.addMainListener(new ShutdownWatchdog());
      Sigterm.handledBy(
          () -> {
            ShutdownWatchdog.begin(main);
            main.completed();
          });
      main.run();
      return Math.max(ExitCode.OK, main.getExitCode());
    } catch (Exception | LinkageError e) {
      ShutdownWatchdog.startFailed();
      Logger log = LoggerFactory.getLogger(RunCommand.class);
      log.debug("the hub does not start", e);
      cliContext.err().println("The hub does not start:");
      FailureText.of(e).forEach(cliContext.err()::println);
      return ExitCode.SOFTWARE;
    }
  }
}
