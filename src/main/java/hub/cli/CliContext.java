package hub.cli;

import hub.config.Settings;
import hub.lint.Preflight;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * What a command sees of the world.
 *
 * @param folder that the hub runs in, with {@code application.properties} and {@code routes/}
 * @param settings read when a command needs them
 */
record CliContext(
    Path folder, Supplier<Settings> settings, InputStream in, PrintWriter out, PrintWriter err) {
  /**
   * Where settings come from: the folder's own file, then the defaults in the jar. Camel takes a
   * key from the first place that has it.
   */
  static final String LOCATIONS =
      "file:application.properties;optional=true,classpath:hub/application.properties;optional=true";

  /** This process's own. */
  static CliContext ofProcess() {
    return new CliContext(
        Path.of(""),
        CliContext::readSettings,
        System.in,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8));
  }

  /** As a start would read them, without starting anything. */
  private static Settings readSettings() {
    DefaultCamelContext context = new DefaultCamelContext();
    context.setStartupSummaryLevel(StartupSummaryLevel.Off);
    context.getPropertiesComponent().setLocation(LOCATIONS);
    context.build();
    return Preflight.settings(context);
  }

  /** The folder of the routes. */
  Path routes() {
    return folder.resolve(Preflight.routesFolder(settings.get()).orElse(Path.of("routes")));
  }
}
