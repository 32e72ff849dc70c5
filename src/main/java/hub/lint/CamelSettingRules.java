package hub.lint;

import hub.config.Settings;
import hub.util.Json;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.CamelContext;
import org.apache.camel.support.PluginHelper;

/**
 * Checks {@code camel.*} settings: known keys, types of values, ports and key stores. Camel itself
 * reports only the first fault.
 */
final class CamelSettingRules {
  private static final List<String> PORTS = List.of("camel.server.port", "camel.management.port");
  static final List<String> STORES = List.of("camel.ssl.keyStore", "camel.ssl.trustStore");
  private static final String COMPONENT = "camel.component.";

  private final CamelSettings known = CamelSettings.load();
  private final SettingsFile file;
  private final Settings settings;
  private final CamelContext context;
  private final SettingOrigins origins;
  private final Faults faults;

  CamelSettingRules(
      SettingsFile file,
      Settings settings,
      Map<String, String> environment,
      CamelContext context,
      Faults faults) {
    this.file = file;
    this.settings = settings;
    this.context = context;
    this.origins = new SettingOrigins(file, environment);
    this.faults = faults;
  }

  /**
   * @param home the folder in which the hub runs
   */
  void checkAll(Path home) {
    for (SettingsFile.Entry entry : file.entries()) {
      if (entry.key().startsWith("camel.") && checkKey(entry)) {
        value(entry.key())
            .flatMap(value -> known.complaint(entry.key(), value))
            .ifPresent(complaint -> complain(entry.key(), complaint));
      }
    }
    PORTS.forEach(this::checkPort);
    if (value("camel.ssl.enabled").filter("true"::equalsIgnoreCase).isPresent()) {
      STORES.forEach(key -> value(key).ifPresent(value -> checkStore(home, key, value)));
    }
  }

  /** Reports an unknown key; true when the value can be checked too. */
  private boolean checkKey(SettingsFile.Entry entry) {
    String key = entry.key();
    Optional<String> group = known.group(key);
    if (group.isEmpty()) {
      unknownGroup(entry);
    } else if (key.startsWith(COMPONENT)) {
      checkComponent(entry, key.substring(COMPONENT.length()));
    } else if (!known.isOpen(group.get()) && !key.contains("[")) {
      if (known.isKnown(key)) {
        return true;
      }
      unknown(
          entry,
          group.get() + ".",
          known.endings(group.get()),
          "see Camel's documentation of " + group.get());
    }
    return false;
  }

  private void unknown(
      SettingsFile.Entry entry, String beginning, Collection<String> endings, String otherwise) {
    String ending = entry.key().substring(beginning.length());
    faults.error(
        entry.location(),
        "unknown setting '" + entry.key() + "'",
        Suggest.nearest(ending, endings)
            .map(near -> "did you mean '" + beginning + near + "'?")
            .orElse(otherwise));
  }

  private void unknownGroup(SettingsFile.Entry entry) {
    int dot = entry.key().indexOf('.', "camel.".length());
    String group = dot < 0 ? entry.key() : entry.key().substring(0, dot);
    faults.error(
        entry.location(),
        "unknown setting '" + entry.key() + "'",
        Suggest.nearest(group.substring("camel.".length()), known.groups())
            .map(
                near ->
                    "did you mean 'camel." + near + entry.key().substring(group.length()) + "'?")
            .orElse("see Camel's documentation of camel-main"));
  }

  private void checkComponent(SettingsFile.Entry entry, String rest) {
    int dot = rest.indexOf('.');
    String name = dot < 0 ? rest : rest.substring(0, dot);
    Set<String> components = new Components(context).known();
    if (!components.contains(name)) {
      faults.error(
          entry.location(),
          "there is no component '" + name + "'",
          Suggest.nearest(name, components)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("add its jar, or delete the line"));
      return;
    }
    Set<String> options = options(name);
    String option = rest.substring(dot + 1);
    if (dot > 0
        && !options.isEmpty()
        && !option.matches(".*[.\\[].*")
        && options.stream()
            .noneMatch(one -> CamelSettings.plain(one).equals(CamelSettings.plain(option)))) {
      faults.error(
          entry.location(),
          "unknown option '" + option + "' of component " + name,
          Suggest.remedy(option, options));
    }
  }

  /** The options in the component's JSON schema; empty if it has none. */
  private Set<String> options(String component) {
    String schema = PluginHelper.getRuntimeCamelCatalog(context).componentJSonSchema(component);
    Set<String> options = new TreeSet<>();
    if (schema != null) {
      Json.own(schema).path("componentProperties").fieldNames().forEachRemaining(options::add);
    }
    return options;
  }

  private void checkPort(String key) {
    value(key)
        .filter(port -> port.matches("-?\\d{1,18}"))
        .map(Long::valueOf)
        .filter(port -> port < 0 || port > ListeningPort.HIGHEST)
        .ifPresent(
            port ->
                complain(
                    key, "must be a port, 0 to " + ListeningPort.HIGHEST + ", not '" + port + "'"));
    if (file.entry(key).isEmpty()) {
      value(key)
          .flatMap(value -> known.complaint(key, value))
          .ifPresent(complaint -> complain(key, complaint));
    }
  }

  private void checkStore(Path home, String key, String value) {
    if (value.matches("(http|https|ref):.*")) {
      return;
    }
    try {
      if (value.startsWith("file:")) {
        Path path = home.resolve(value.substring("file:".length()));
        if (!Files.isRegularFile(path)) {
          faults.error(
              origins.location(key),
              origins.title(key) + "names " + path + ", which is not there",
              "put the store there, or name the one there is");
        }
      } else if (context.getClassResolver().loadResourceAsURL(value.replaceFirst("^classpath:", ""))
          == null) {
        faults.error(
            origins.location(key),
            origins.title(key) + "names '" + value + "', which is not on the class path",
            "write file: before the path of a file");
      }
    } catch (InvalidPathException e) {
      complain(key, "is no path");
    }
  }

  private void complain(String key, String complaint) {
    faults.error(origins.location(key), origins.title(key) + complaint, "");
  }

  private Optional<String> value(String key) {
    try {
      return settings.named(key).map(String::strip);
    } catch (RuntimeException e) {
      // PlaceholderRules reports the placeholder.
      return Optional.empty();
    }
  }
}
