package hub.dev;

import hub.config.Settings;
import hub.trial.ReportText;
import hub.trial.Trials;
import hub.util.DaemonThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the tests that were saved, and those of the routes that were, on a thread of its own: saved
 * routes do not wait for tests. What is saved during a run is run after it, together.
 */
public final class RunSavedTests extends ServiceSupport implements DevHook {
  /** Name in the registry. */
  public static final String BEAN = "runSavedTests";

  private static final Logger LOG = LoggerFactory.getLogger(RunSavedTests.class);
  private static final String TEST = ".test.yaml";
  private static final String ROUTE = ".camel.yaml";

  private final Path routes;
  private final Function<List<Path>, List<String>> report;

  /** Saved files that no run has taken yet; guarded by itself. */
  private final Set<String> waiting = new TreeSet<>();

  private final ExecutorService runner =
      Executors.newSingleThreadExecutor(DaemonThreads.factory("hub-dev-tests"));

  /**
   * @param routes the folder of the routes and their tests
   */
  public RunSavedTests(Path routes, Path applicationProperties, Settings settings) {
    this(
        routes,
        tests -> ReportText.lines(Trials.run(routes, applicationProperties, settings, tests)));
  }

  /**
   * @param report runs files of tests, and gives lines for the log
   */
  RunSavedTests(Path routes, Function<List<Path>, List<String>> report) {
    this.routes = routes;
    this.report = report;
  }

  @Override
  public void taken(Set<String> files, Set<String> anew) {
    synchronized (waiting) {
      waiting.addAll(files);
    }
    try {
      runner.execute(this::runWaiting);
    } catch (RejectedExecutionException e) {
      LOG.debug("tests are not run, because the hub stops");
    }
  }

  /** A run that has been ended by the hub's stop tells nothing. */
  @Override
  protected void doStop() {
    runner.shutdownNow();
  }

  private void runWaiting() {
    Set<String> files;
    synchronized (waiting) {
      files = Set.copyOf(waiting);
      waiting.clear();
    }
    try {
      List<Path> tests = testsOf(files);
      if (!tests.isEmpty()) {
        List<String> lines = report.apply(tests);
        lines.stream().filter(line -> !runner.isShutdown()).forEach(line -> LOG.info("{}", line));
      }
    } catch (RuntimeException | Error e) {
      if (!runner.isShutdown()) {
        LOG.error("the saved tests could not be run", e);
      }
    }
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
