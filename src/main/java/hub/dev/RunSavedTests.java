package hub.dev;

import hub.config.Settings;
import hub.trial.ReportText;
import hub.trial.Trials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the tests that were saved, and those of the routes that were. */
public final class RunSavedTests implements DevHook {
  /** Name in the registry. */
  public static final String BEAN = "runSavedTests";

  private static final Logger LOG = LoggerFactory.getLogger(RunSavedTests.class);
  private static final String TEST = ".test.yaml";
  private static final String ROUTE = ".camel.yaml";

  private final Path routes;
  private final Path applicationProperties;
  private final Settings settings;

  public RunSavedTests(Path routes, Path applicationProperties, Settings settings) {
    this.routes = routes;
    this.applicationProperties = applicationProperties;
    this.settings = settings;
  }

  @Override
  public void taken(Set<String> files, Set<String> anew) {
    List<Path> tests = testsOf(files);
    if (tests.isEmpty()) {
      return;
    }
    List<String> report =
        ReportText.lines(Trials.run(routes, applicationProperties, settings, tests));
    report.forEach(line -> LOG.info("{}", line));
  }

  /** A test lies beside its route, and has its name, or one that goes on after a hyphen. */
  private List<Path> testsOf(Set<String> files) {
    try (Stream<Path> all = Files.walk(routes)) {
      return all.filter(file -> file.toString().endsWith(TEST))
          .filter(file -> files.stream().anyMatch(saved -> isTestOf(name(file), saved)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String name(Path file) {
    return routes.relativize(file).toString().replace('\\', '/');
  }

  static boolean isTestOf(String test, String saved) {
    if (test.equals(saved)) {
      return true;
    }
    if (!saved.endsWith(ROUTE)) {
      return false;
    }
    String route = saved.substring(0, saved.length() - ROUTE.length());
    return test.equals(route + TEST) || (test.startsWith(route + "-") && test.endsWith(TEST));
  }
}
