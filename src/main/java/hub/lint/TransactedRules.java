package hub.lint;

import hub.inbox.camel.TransactedChoice;
import hub.lint.RouteFiles.RouteFile;
import java.util.List;
import java.util.Map;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks that each handler with {@code transacted=true} has no effect that it cannot hold. */
final class TransactedRules {
  private static final Logger LOG = LoggerFactory.getLogger(TransactedRules.class);
  private static final String TRANSACTED = "transacted";

  private final Project project;
  private final Faults faults;

  TransactedRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  /**
   * Builds the routes of the files without errors, in a context that is not started.
   *
   * @param files without beans, which Camel would create
   */
  void check(Map<RouteFile, String> files) {
    List<Route> handlers =
        project.routes().stream()
            .filter(
                route ->
                    route
                        .from()
                        .filter(from -> from.scheme().equals("inbox"))
                        .flatMap(from -> from.value(TRANSACTED))
                        .filter("true"::equals)
                        .isPresent())
            .toList();
    if (!handlers.isEmpty()) {
      build(files, handlers);
    }
    handlers.forEach(this::checkBatch);
  }

  private void checkBatch(Route route) {
    Endpoint from = route.from().orElseThrow();
    from.value("batch")
        .filter(batch -> batch.matches("\\d+") && !batch.matches("0*1"))
        .ifPresent(
            batch ->
                faults.error(
                    from.locationOf("batch"),
                    "batch=" + batch + " does not go with transacted=true",
                    TransactedChoice.BATCH_REMEDY));
  }

  private void build(Map<RouteFile, String> files, List<Route> handlers) {
    List<Resource> resources =
        files.entrySet().stream()
            .filter(file -> !faults.hasErrorIn(file.getKey().name()))
            .map(
                file ->
                    ResourceHelper.fromString(
                        file.getKey().path().toAbsolutePath().toString(), file.getValue()))
            .toList();
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.setStartupSummaryLevel(StartupSummaryLevel.Off);
      context.build();
      PluginHelper.getRoutesLoader(context).loadRoutes(resources);
      handlers.forEach(route -> check(context, route));
    } catch (Exception e) {
      // The start tells: it knows more settings and components.
      LOG.debug("the routes cannot be built without a start", e);
    }
  }

  private void check(DefaultCamelContext context, Route route) {
    Location location = route.from().orElseThrow().locationOf(TRANSACTED);
    for (String obstacle : TransactedChoice.obstaclesInFiles(context, route.id())) {
      faults.error(location, "transacted=true cannot hold " + obstacle, "");
    }
  }
}
