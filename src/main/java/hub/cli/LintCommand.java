package hub.cli;

import hub.lint.EditorSchemas;
import hub.lint.Fault;
import hub.lint.Lint;
import hub.lint.LintOptions;
import hub.lint.ProjectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Tell the faults of these files alone. All files are read all the same.")
  private List<Path> files = List.of();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = FaultFormat.Reader.class,
      description = "text (default), json, github (annotations of a workflow) or sarif (2.1.0).")
  private FaultFormat format;

  @Option(names = "--json", description = "Short for --format json.")
  private boolean json;

  @Option(
      names = "--settings",
      description =
          "Take secrets and variables that are not set for errors, as a start does. Otherwise they"
              + " are warnings.")
  private boolean strict;

  @Option(
      names = "--database",
      description =
          "Also look into the configured database: for events whose handler is gone, and whether it"
              + " can prepare the SQL of the routes. Changes nothing.")
  private boolean database;

  @Option(
      names = "--schemas",
      paramLabel = "DIR",
      description =
          "Write JSON Schemas of routes, Kamelets, schemes, providers.yaml and tests for editors into"
              + " DIR, print VS Code's setting for them, and check nothing.")
  private Path schemas;

  LintCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    if (schemas != null) {
      return writeSchemas();
    }
    if (json && format != null && format != FaultFormat.JSON) {
      throw wrong("--json is short for --format json; give one of the two");
    }
    Set<String> told = told();
    List<Fault> faults =
        Lint.report(
            cliContext.routes(),
            properties(cliContext),
            cliContext.settings().get(),
            new LintOptions(strict ? Fault.Level.ERROR : Fault.Level.WARNING, database));
    if (!told.isEmpty()) {
      faults = faults.stream().filter(fault -> told.contains(fault.file())).toList();
    }
    String report = format().print(faults);
    if (!report.isEmpty()) {
      cliContext.out().println(report);
    }
    return faults.stream().anyMatch(fault -> fault.level() == Fault.Level.ERROR)
        ? ExitCode.SOFTWARE
        : ExitCode.OK;
  }

  private int writeSchemas() {
    try {
      cliContext.out().println(EditorSchemas.write(schemas, cliContext.folder().resolve(schemas)));
      return ExitCode.OK;
    } catch (IOException e) {
      throw CommandFailedException.failed(schemas + " cannot be written: " + e.getMessage());
    }
  }

  private FaultFormat format() {
    if (format == null) {
      return json ? FaultFormat.JSON : FaultFormat.TEXT;
    }
    return format;
  }

  /** The names of the files whose faults are told; empty: of all. */
  private Set<String> told() {
    ProjectFiles project = new ProjectFiles(cliContext.routes(), properties(cliContext));
    Set<String> names = new HashSet<>();
    for (Path file : files) {
      Path place = cliContext.folder().resolve(file);
      if (!Files.exists(place)) {
        throw wrong("there is no file " + file);
      }
      names.add(
          project
              .name(place)
              .orElseThrow(
                  () ->
                      wrong(
                          file
                              + " is no file of this project: lint reads application.properties,"
                              + " .env and files in "
                              + cliContext.routes())));
    }
    return names;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static Path properties(CliContext cliContext) {
    return cliContext.folder().resolve("application.properties");
  }

  static List<Fault> faults(CliContext cliContext) {
    return Lint.check(
        cliContext.routes(), properties(cliContext), cliContext.settings().get(), null);
  }
}
