package hub.cli;

import hub.config.Settings;
import hub.lint.Preflight;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Supplier;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.util.function.Suppliers;

/**
 * The environment of a command; tests replace it.
 *
 * @param folder the folder in which the hub runs, with {@code application.properties} and {@code
 *     routes/}
 * @param settings reads the settings, when a command needs them
 * @param clock for signatures
 */
record CliContext(
    Path folder,
    Supplier<Settings> settings,
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    Clock clock) {
  /**
   * The settings files: the folder's own, then the defaults in the jar. Camel takes a key from the
   * first file that has it.
   */
  static final String LOCATIONS =
      "file:application.properties;optional=true,classpath:hub/application.properties;optional=true";

  /** The environment of this process. */
  static CliContext ofProcess() {
    return new CliContext(
        Path.of(""),
        Suppliers.memorize(CliContext::readSettings),
        System.in,
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        Clock.systemUTC());
  }

  /** Reads the settings as a start does, without starting anything. */
  private static Settings readSettings() {
    DefaultCamelContext context = new DefaultCamelContext();
    context.setStartupSummaryLevel(StartupSummaryLevel.Off);
    context.getPropertiesComponent().setLocation(LOCATIONS);
    context.build();
    return Preflight.settings(context);
  }

  /** The routes folder. */
  Path routes() {
    return folder.resolve(Preflight.routesFolder(settings.get()).orElse(Path.of("routes")));
  }
}
