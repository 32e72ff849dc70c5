package hub.cli;

import hub.config.Environment;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;

/** The command line of the jar; the default command is {@code run}. */
@Command(
    name = Cli.NAME,
    description = "Receives webhooks, stores them, and handles each until it is done or dead.",
    footer = {"", "Without a command: run. Exit codes: 0 done, 1 failed, 2 wrong usage."},
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class)
public final class Cli implements Callable<Integer> {
  /** Name of the start script, and of the command in its help. */
  static final String NAME = "integration-master";

  private final RunCommand run;

  private Cli(RunCommand run) {
    this.run = run;
  }

  /**
   * Runs the command that {@code args} name, with the environment of this process.
   *
   * @return the exit code: 0 done, 1 failed, 2 wrong usage
   */
  public static int execute(String... args) {
    boolean starts = args.length == 0 || args[0].equals("run");
    // Commands print their results; log lines would only disturb.
    Environment.variable("LOG_LEVEL")
        .or(() -> starts ? Optional.empty() : Optional.of("OFF"))
        .ifPresent(level -> tellLogging("hub.log.level", level));
    Environment.variable("LOG_FORMAT").ifPresent(format -> tellLogging("hub.log.format", format));
    return execute(CliContext.ofProcess(), args);
  }

  /** The logging does not know the variables of .env. */
  private static void tellLogging(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  static int execute(CliContext cliContext, String... args) {
    RunCommand run = new RunCommand(cliContext);
    // Reading the declarations of all commands takes a twentieth of a start.
    int code = isPlainRun(args) ? run.call() : commandLine(cliContext, run).execute(args);
    cliContext.out().flush();
    cliContext.err().flush();
    return code;
  }

  private static boolean isPlainRun(String... args) {
    return args.length == 0 || (args.length == 1 && args[0].equals("run"));
  }

  private static CommandLine commandLine(CliContext cliContext, RunCommand run) {
    CommandLine line =
        new CommandLine(new Cli(run))
            .addSubcommand(run)
            .addSubcommand(new LintCommand(cliContext))
            .addSubcommand(new TestCommand(cliContext))
            .addSubcommand(new DoctorCommand(cliContext))
            .addSubcommand(
                new CommandLine(new NewCommand())
                    .addSubcommand(new NewWebhook(cliContext))
                    .addSubcommand(new NewHandler(cliContext))
                    .addSubcommand(new NewCall(cliContext)))
            .addSubcommand(new SendCommand(cliContext))
            .addSubcommand(new EventsCommand(cliContext))
            .addSubcommand(new ShowCommand(cliContext))
            .addSubcommand(new ReplayCommand(cliContext))
            .addSubcommand(new CatchUpCommand(cliContext))
            .addSubcommand(new TailCommand(cliContext))
            .addSubcommand(new SqlCommand(cliContext))
            .addSubcommand(new RotateKeysCommand(cliContext))
            .addSubcommand(new BackupCommand(cliContext))
            .addSubcommand(new RestoreCommand(cliContext))
            .addSubcommand(new VersionCommand(cliContext))
            .addSubcommand(new CompletionCommand(cliContext))
            .addSubcommand(new HelpCommand());
    line.setColorScheme(Help.defaultColorScheme(Colours.ansi()));
    line.setOut(cliContext.out());
    line.setErr(cliContext.err());
    line.setExecutionExceptionHandler((error, command, result) -> printFailure(cliContext, error));
    return line;
  }

  private static int printFailure(CliContext cliContext, Exception error) {
    FailureText.of(error).forEach(cliContext.err()::println);
    return error instanceof CommandFailedException failed ? failed.exitCode() : ExitCode.SOFTWARE;
  }

  @Override
  public Integer call() {
    return run.call();
  }
}
