package hub.cli;

import hub.lint.Preflight;
import java.util.concurrent.Callable;
import org.apache.camel.main.Main;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** Starts the hub and stays until it is stopped. */
@Command(
    name = "run",
    description =
        "Starts the hub, from a folder with application.properties and routes/. Stops on SIGTERM.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  RunCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    try {
      Preflight.check(surroundings.settings().get());
      Main main = new Main();
      main.setPropertyPlaceholderLocations(Surroundings.LOCATIONS);
      main.bind(Preflight.CHECKED, true);
      main.addMainListener(new LastResort());
      Sigterm.handledBy(
          () -> {
            LastResort.begin(main);
            main.completed();
          });
      main.run();
      return Math.max(ExitCode.OK, main.getExitCode());
    } catch (Exception | LinkageError e) {
      LastResort.startFailed();
      Logger log = LoggerFactory.getLogger(RunCommand.class);
      log.debug("the hub does not start", e);
      surroundings.err().println("The hub does not start:");
      Reasons.of(e).forEach(surroundings.err()::println);
      return ExitCode.SOFTWARE;
    }
  }
}
