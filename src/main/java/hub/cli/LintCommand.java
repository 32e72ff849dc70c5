package hub.cli;

import hub.lint.Fault;
import hub.lint.Lint;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** Prints the faults of settings and routes. */
@Command(
    name = "lint",
    description = {
      "Checks application.properties and routes/ without starting anything.",
      "Prints every fault with file, line and remedy; fails when one would stop the start."
    },
    mixinStandardHelpOptions = true)
final class LintCommand implements Callable<Integer> {
  private final CliContext cliContext;

  @Option(
      names = "--database",
      description = "Also look into the database for events whose handler is gone.")
  private boolean database;

  LintCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    List<Fault> faults =
        database
            ? Lint.checkWithStore(
                cliContext.routes(), properties(cliContext), cliContext.settings().get())
            : faults(cliContext);
    for (Fault fault : faults) {
      cliContext.out().println((fault.level() == Fault.Level.WARNING ? "warning: " : "") + fault);
    }
    long errors = faults.stream().filter(fault -> fault.level() == Fault.Level.ERROR).count();
    cliContext
        .out()
        .println(
            faults.isEmpty()
                ? "no faults"
                : counted(errors, "error") + ", " + counted(faults.size() - errors, "warning"));
    return errors == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static String counted(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static Path properties(CliContext cliContext) {
    return cliContext.folder().resolve("application.properties");
  }

  static List<Fault> faults(CliContext cliContext) {
    return Lint.check(
        cliContext.routes(), properties(cliContext), cliContext.settings().get(), null);
  }
}
