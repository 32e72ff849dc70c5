package hub.lint;

import hub.config.EnvFile;
import hub.config.Settings;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.CamelContext;

/** A hub's folder for tests: settings, routes and environment variables. */
final class HubFolder {
  private final Path root;
  private final Map<String, String> environment = new HashMap<>();

  HubFolder(Path root) {
    this.root = root;
    write("routes/README.md", "");
  }

  HubFolder write(String path, String content) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file of one route whose id is the file's name; its steps start in line 7. */
  HubFolder route(String name, String from, String steps) {
    return write(
        "routes/shop/" + name + ".camel.yaml",
        """
        - route:
            id: %s
            description: Does something.
            from:
              uri: %s
              steps:
        """
                .formatted(name, from)
            + steps.indent(8));
  }

  /** A webhook source that appends to inbox:shop; its parameters start in line 7. */
  HubFolder webhook(String parameters) {
    return write("routes/shop/shop-webhook.camel.yaml", webhookRoute("shop-webhook", parameters));
  }

  static String webhookRoute(String id, String parameters) {
    return """
        - route:
            id: %s
            description: Receives the shop's events.
            from:
              uri: kamelet:webhook-source
              parameters:
        """
            .formatted(id)
        + parameters.indent(8)
        + """
              steps:
                - to:
                    uri: inbox:shop
        """
            .indent(0);
  }

  HubFolder environment(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** The faults as they are printed. */
  List<String> printed() {
    return faults().stream().map(Fault::toString).toList();
  }

  /** As {@link #printed()}, together with the routes of {@code context}. */
  List<String> printed(CamelContext context) {
    return faults(context).stream().map(Fault::toString).toList();
  }

  List<Fault> faults() {
    return faults(null);
  }

  private List<Fault> faults(CamelContext context) {
    Path file = root.resolve("application.properties");
    return Lint.check(root.resolve("routes"), file, settings(), context, environment);
  }

  Settings settings() {
    return new Settings(this::lookup);
  }

  private Map<String, String> variables() {
    return EnvFile.read(root.resolve(EnvFile.NAME)).under(environment);
  }

  private Optional<String> lookup(String key) {
    String variable = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    if (variables().containsKey(variable)) {
      return Optional.of(variables().get(variable));
    }
    return Optional.ofNullable(properties().getProperty(key)).map(this::resolve);
  }

  private Properties properties() {
    Properties properties = new Properties();
    try {
      Path file = root.resolve("application.properties");
      properties.load(new StringReader(Files.exists(file) ? Files.readString(file) : ""));
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String resolve(String value) {
    if (!value.startsWith("{{env:")) {
      return value;
    }
    String[] parts = value.substring("{{env:".length(), value.length() - 2).split(":", 2);
    if (parts.length == 1 && !variables().containsKey(parts[0])) {
      throw new IllegalArgumentException("not found: " + parts[0]);
    }
    return variables().getOrDefault(parts[0], parts.length == 1 ? "" : parts[1]);
  }
}
