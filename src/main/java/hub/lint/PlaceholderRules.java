package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.config.Variable;
import hub.config.Variables;
import hub.db.Dialect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that every {@code {{key}}} in routes and settings is set or has a default. */
final class PlaceholderRules {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]+)}}");

  /** Placeholders in a route template are its parameters. */
  private static final String TEMPLATE = "routeTemplate";

  private final SettingsFile file;
  private final Settings settings;
  private final Variables variables;
  private final Map<String, String> environment;
  private final Faults faults;

  PlaceholderRules(
      SettingsFile file,
      Settings settings,
      Variables variables,
      Map<String, String> environment,
      Faults faults) {
    this.file = file;
    this.settings = settings;
    this.variables = variables;
    this.environment = environment;
    this.faults = faults;
  }

  void check(YamlTree tree) {
    tree.items().forEach(this::check);
    tree.entries().stream()
        .filter(entry -> !entry.key().equals(TEMPLATE))
        .forEach(entry -> check(entry.value()));
    check(tree.location(), tree.text());
  }

  /** Checks the values of {@code application.properties}. */
  void checkSettings() {
    file.entries().forEach(entry -> check(entry.location(), entry.value()));
  }

  private void check(Location location, String text) {
    Matcher placeholder = PLACEHOLDER.matcher(text);
    while (placeholder.find()) {
      checkKey(location, placeholder.group(1).strip());
    }
  }

  private void checkKey(Location location, String key) {
    boolean variable = key.startsWith("env:");
    String name = variable ? key.substring("env:".length()) : key;
    if (name.contains(":") || name.startsWith("?")) {
      return;
    }
    if (variable && !environment.containsKey(name)) {
      faults.notSet(
          location, name + " is not set", "set it, or give it a default: {{" + key + ":…}}");
    } else if (!variable && !isSet(name) && variables.find(name).isPresent()) {
      faults.notSet(
          location,
          name + " is not set",
          "set it, or give it a default in " + Variables.FILE + ": " + meaning(name));
    } else if (!variable && !isSet(name)) {
      faults.error(
          location,
          name + " is not set",
          near(name)
              .map(other -> "did you mean '" + other + "'?")
              .orElse("set it in application.properties, or give it a default: {{" + key + ":…}}"));
    }
  }

  private String meaning(String name) {
    return variables.find(name).map(Variable::meaning).orElse("");
  }

  /** Only of the settings, whose names are long: a variable of one's own may resemble another. */
  private Optional<String> near(String key) {
    List<String> known = new ArrayList<>(List.of(Dialect.PROPERTY));
    Arrays.stream(Setting.values()).map(Setting::key).forEach(known::add);
    variables.all().forEach(one -> known.add(one.key()));
    file.entries().forEach(entry -> known.add(entry.key()));
    return Suggest.nearest(key, known);
  }

  /** An empty value counts as set. */
  boolean isSet(String key) {
    try {
      return key.equals(Dialect.PROPERTY)
          || file.entry(key).isPresent()
          || settings.named(key).isPresent()
          || variables.defaultOf(key).isPresent();
    } catch (RuntimeException e) {
      // It is set; its own placeholder is reported at its line.
      return true;
    }
  }
}
