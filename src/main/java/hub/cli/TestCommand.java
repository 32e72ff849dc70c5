package hub.cli;

import hub.config.Settings;
import hub.lint.Preflight;
import hub.trial.ReportText;
import hub.trial.TestReport;
import hub.trial.TestResult;
import hub.trial.Trials;
import hub.util.Json;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the tests of the routes. */
@Command(
    name = "test",
    description = {
      "Runs the tests beside the routes, routes/**/*.test.yaml, on a hub of their own.",
      "Nothing leaves the process, and the hub's data is not touched."
    },
    mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
  private final CliContext cliContext;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "Files of tests; all when none is given.")
  private List<Path> files = List.of();

  @Option(names = "--json", description = "Print the report as one JSON object.")
  private boolean json;

  TestCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    List<Path> found = new ArrayList<>();
    for (Path file : files) {
      Path path = cliContext.folder().resolve(file);
      if (!Files.isRegularFile(path) || !path.toString().endsWith(".test.yaml")) {
        throw new ParameterException(
            spec.commandLine(),
            file + ": there is no such file of tests; its name ends with .test.yaml");
      }
      found.add(path);
    }
    Path properties = cliContext.folder().resolve("application.properties");
    Settings settings = settings(properties);
    Path routes =
        cliContext.folder().resolve(Preflight.routesFolder(settings).orElse(Path.of("routes")));
    TestReport report = Trials.run(routes, properties, settings, found);
    if (json) {
      cliContext.out().println(Json.text(json(report)));
    } else {
      ReportText.lines(report).forEach(cliContext.out()::println);
    }
    return report.isPassed() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Those of the file alone: no test depends on the environment. Reading it takes no time. */
  private static Settings settings(Path file) {
    Properties properties = new Properties();
    if (Files.exists(file)) {
      try (Reader in = Files.newBufferedReader(file)) {
        properties.load(in);
      } catch (IOException | IllegalArgumentException e) {
        throw CommandFailedException.wrongUsage(
            "application.properties cannot be read: " + e.getMessage());
      }
    }
    return new Settings(key -> Optional.ofNullable(properties.getProperty(key)));
  }

  private static Map<String, Object> json(TestReport report) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("passed", report.isPassed());
    all.put("millis", report.millis());
    all.put("tests", report.results().stream().map(TestCommand::json).toList());
    all.put("faults", report.faults().stream().map(FaultFormat::json).toList());
    all.put("neverRun", report.unreached().stream().map(TestCommand::json).toList());
    return all;
  }

  private static Map<String, Object> json(TestResult result) {
    Map<String, Object> test = new LinkedHashMap<>();
    test.put("file", result.file());
    test.put("line", line(result.where()));
    test.put("name", result.name());
    test.put("passed", result.isPassed());
    test.put("millis", result.millis());
    test.put(
        "failures",
        result.failures().stream()
            .map(
                failure -> {
                  Map<String, Object> fields = new LinkedHashMap<>();
                  fields.put("file", failure.where().replaceFirst(":\\d+$", ""));
                  fields.put("line", line(failure.where()));
                  fields.put("what", failure.what());
                  fields.put("expected", failure.expected());
                  fields.put("actual", failure.actual());
                  fields.put("remedy", failure.remedy());
                  return fields;
                })
            .toList());
    test.put("notes", result.notes());
    return test;
  }

  private static Map<String, Object> json(TestReport.Unreached route) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("route", route.route());
    fields.put("whole", route.whole());
    fields.put("steps", route.steps());
    return fields;
  }

  private static int line(String where) {
    String end = where.substring(where.lastIndexOf(':') + 1);
    return end.length() < where.length() && end.matches("\\d{1,9}") ? Integer.parseInt(end) : 0;
  }
}
