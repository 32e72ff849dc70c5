package hub.lint;

import hub.config.Settings;
import hub.db.Dialect;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a route or a setting refers to as {@code {{key}}} is set, or has a default there. */
final class PlaceholderRules {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]+)}}");

  /** Parameters of a template are given by whoever uses it. */
  private static final String TEMPLATE = "routeTemplate";

  private final SettingsFile file;
  private final Settings settings;
  private final Map<String, String> environment;
  private final Faults faults;

  PlaceholderRules(
      SettingsFile file, Settings settings, Map<String, String> environment, Faults faults) {
    this.file = file;
    this.settings = settings;
    this.environment = environment;
    this.faults = faults;
  }

  void check(YamlTree tree) {
    tree.items().forEach(this::check);
    tree.entries().stream()
        .filter(entry -> !entry.key().equals(TEMPLATE))
        .forEach(entry -> check(entry.value()));
    check(tree.place(), tree.text());
  }

  /** What the settings refer to. */
  void checkSettings() {
    file.entries().forEach(entry -> check(entry.place(), entry.value()));
  }

  private void check(Place place, String text) {
    Matcher placeholder = PLACEHOLDER.matcher(text);
    while (placeholder.find()) {
      checkKey(place, placeholder.group(1).strip());
    }
  }

  private void checkKey(Place place, String key) {
    boolean variable = key.startsWith("env:");
    String name = variable ? key.substring("env:".length()) : key;
    if (name.contains(":") || name.startsWith("?")) {
      return;
    }
    if (variable ? !environment.containsKey(name) : !isSet(name)) {
      faults.error(
          place,
          name + " is not set",
          variable
              ? "set it, or give it a default: {{" + key + ":…}}"
              : "set it in application.properties, or give it a default: {{" + key + ":…}}");
    }
  }

  /** An empty value is one too. */
  private boolean isSet(String key) {
    try {
      return key.equals(Dialect.PROPERTY)
          || file.entry(key).isPresent()
          || settings.named(key).isPresent();
    } catch (RuntimeException e) {
      // It is there; what it refers to is told where it is set.
      return true;
    }
  }
}
