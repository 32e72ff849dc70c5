package hub.lint;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the variable or the line that sets a value, so that a message names the one to change.
 *
 * @param environment the environment variables of the process
 */
record SettingOrigins(SettingsFile file, Map<String, String> environment) {
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\??env:([A-Za-z_0-9]+)");

  /** The start of a message: the variable that sets the value, otherwise its key in the file. */
  String title(String key) {
    return variable(key).orElse(file.entry(key).isPresent() ? key : "the value") + " ";
  }

  /**
   * The line that sets the value, also of {@code .env}; the key when a variable of the process sets
   * it or nothing does.
   */
  Location location(String key) {
    return variable(key)
        .map(variable -> lineOfEnvFile(variable).orElse(Location.of(key)))
        .orElseGet(
            () -> file.entry(key).map(SettingsFile.Entry::location).orElse(Location.of(key)));
  }

  /** The line of {@code .env} that sets a variable; its name when the process has it. */
  Location locationOfVariable(String variable) {
    return lineOfEnvFile(variable).orElse(Location.of(variable));
  }

  /** A variable of the process goes before the file. */
  private Optional<Location> lineOfEnvFile(String variable) {
    return Optional.ofNullable(file.variables().get(variable))
        .filter(entry -> entry.value().equals(environment.get(variable)))
        .map(SettingsFile.Entry::location);
  }

  /**
   * The environment variable that sets the value: the key's own, or one that the file refers to.
   */
  private Optional<String> variable(String key) {
    if (System.getProperty(key) != null) {
      return Optional.empty();
    }
    String own = key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    if (environment.containsKey(own)) {
      return Optional.of(own);
    }
    Matcher written = VARIABLE.matcher(file.entry(key).map(SettingsFile.Entry::value).orElse(""));
    return written.find() && environment.containsKey(written.group(1))
        ? Optional.of(written.group(1))
        : Optional.empty();
  }

  /** Entries of a key that a later one in the file overrides. */
  List<SettingsFile.Entry> overridden(String key) {
    List<SettingsFile.Entry> all =
        file.entries().stream().filter(entry -> entry.key().equals(key)).toList();
    return all.isEmpty() ? all : all.subList(0, all.size() - 1);
  }
}
