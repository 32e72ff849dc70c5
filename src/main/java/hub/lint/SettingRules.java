package hub.lint;

import hub.config.Declared;
import hub.config.Setting;
import hub.config.Settings;
import hub.config.Variables;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Checks the hub's own settings: known keys and variables, and their values. */
final class SettingRules {
  private static final Set<String> LOG_FORMATS = Set.of("text", "json");

  private final SettingsFile file;
  private final List<Declared> declared;
  private final Map<String, String> environment;
  private final SettingOrigins origins;
  private final SettingValueRules values;
  private final Faults faults;

  SettingRules(
      SettingsFile file,
      Settings settings,
      Variables variables,
      Map<String, String> environment,
      Faults faults) {
    this.file = file;
    this.declared =
        Stream.concat(Arrays.stream(Setting.values()), variables.all().stream()).toList();
    this.environment = environment;
    this.origins = new SettingOrigins(file, environment);
    this.faults = faults;
    this.values = new SettingValueRules(settings, origins, faults);
  }

  void checkAll() {
    checkKeys();
    checkVariables();
    checkLogFormat();
    for (Declared setting : declared) {
      values.check(setting);
      origins.overridden(setting.key()).forEach(entry -> checkOverridden(setting, entry));
    }
  }

  /** An overridden value is checked too: it counts once the later line is deleted. */
  private void checkOverridden(Declared setting, SettingsFile.Entry entry) {
    if (!entry.value().contains("{{") && !entry.value().isBlank()) {
      setting
          .complaint(entry.value().trim())
          .ifPresent(
              complaint -> faults.error(entry.location(), setting.key() + " " + complaint, ""));
    }
  }

  private void checkKeys() {
    List<String> known = declared.stream().map(Declared::key).toList();
    Map<String, Location> seen = new HashMap<>();
    for (SettingsFile.Entry entry : file.entries()) {
      if (entry.key().startsWith("hub.") && !known.contains(entry.key())) {
        faults.error(
            entry.location(),
            "unknown setting '" + entry.key() + "'",
            Suggest.nearest(entry.key(), known)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("the settings are listed in the application.properties that is shipped"));
      }
      Location first = seen.putIfAbsent(entry.key(), entry.location());
      if (first != null) {
        faults.error(
            entry.location(),
            "'" + entry.key() + "' stands twice, first in line " + first.line(),
            "delete one");
      }
    }
  }

  /** Other programs may use variables that start with HUB_, so only near misses are reported. */
  private void checkVariables() {
    List<String> known = declared.stream().map(Declared::variable).toList();
    for (String variable : environment.keySet()) {
      if (variable.startsWith("HUB_") && !known.contains(variable)) {
        Suggest.nearest(variable, known).ifPresent(near -> warnOfVariable(variable, near));
      }
    }
  }

  private void warnOfVariable(String variable, String near) {
    Location location = origins.locationOfVariable(variable);
    faults.warning(
        location,
        "unknown environment variable" + (location.line() > 0 ? " '" + variable + "'" : ""),
        "did you mean '" + near + "'?");
  }

  /** LOG_FORMAT is read by the logging configuration, so it is no {@link Setting}. */
  private void checkLogFormat() {
    String format = environment.getOrDefault("LOG_FORMAT", "text");
    if (!LOG_FORMATS.contains(format)) {
      faults.error(
          origins.locationOfVariable("LOG_FORMAT"),
          "'" + format + "' is no format of the log",
          Suggest.remedy(format, LOG_FORMATS));
    }
  }
}
