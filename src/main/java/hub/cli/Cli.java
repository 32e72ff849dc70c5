package hub.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;

/** The jar's command line: {@code run} unless another subcommand is named. */
@Command(
    name = "integration-master",
    description = "Receives webhooks durably and handles each until its effect has happened once.",
    footer = {"", "Without a command: run. Exit codes: 0 done, 1 failed, 2 wrong usage."},
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class)
public final class Cli implements Callable<Integer> {
  private final RunCommand run;

  private Cli(RunCommand run) {
    this.run = run;
  }

  /**
   * Runs the command that {@code args} name, in this process's surroundings.
   *
   * @return the exit code: 0 done, 1 failed, 2 wrong usage
   */
  public static int execute(String... args) {
    boolean starts = args.length == 0 || args[0].equals("run");
    if (!starts && System.getenv("LOG_LEVEL") == null) {
      // What a command has to say it prints; the hub's log belongs to the hub.
      System.setProperty("hub.log.level", "OFF");
    }
    return execute(Surroundings.ofProcess(), args);
  }

  static int execute(Surroundings surroundings, String... args) {
    RunCommand run = new RunCommand(surroundings);
    CommandLine line =
        new CommandLine(new Cli(run))
            .addSubcommand(run)
            .addSubcommand(new LintCommand(surroundings))
            .addSubcommand(new DoctorCommand(surroundings))
            .addSubcommand(new SendCommand(surroundings))
            .addSubcommand(new EventsCommand(surroundings))
            .addSubcommand(new ReplayCommand(surroundings))
            .addSubcommand(new TailCommand(surroundings))
            .addSubcommand(new RotateKeysCommand(surroundings))
            .addSubcommand(new VersionCommand(surroundings));
    line.setOut(surroundings.out());
    line.setErr(surroundings.err());
    line.setExecutionExceptionHandler((error, command, result) -> tell(surroundings, error));
    int code = line.execute(args);
    surroundings.out().flush();
    surroundings.err().flush();
    return code;
  }

  private static int tell(Surroundings surroundings, Exception error) {
    Reasons.of(error).forEach(surroundings.err()::println);
    return error instanceof CommandFailed failed ? failed.exitCode() : ExitCode.SOFTWARE;
  }

  @Override
  public Integer call() {
    return run.call();
  }
}
