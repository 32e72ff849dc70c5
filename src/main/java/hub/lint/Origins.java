package hub.lint;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a setting's value comes from, so that a message names what its reader has to change.
 *
 * @param environment the variables of the process
 */
record Origins(SettingsFile file, Map<String, String> environment) {
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\??env:([A-Za-z_0-9]+)");

  /**
   * What the message starts with: the variable that sets it, else the key that stands in the file.
   */
  String title(String key) {
    return variable(key).orElse(file.entry(key).isPresent() ? key : "the value") + " ";
  }

  /** The line that sets it; the key where a variable does, or nothing. */
  Place place(String key) {
    return variable(key).isPresent()
        ? Place.of(key)
        : file.entry(key).map(SettingsFile.Entry::place).orElse(Place.of(key));
  }

  /** The environment variable in force: of the key's own name, or one that the file reads. */
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

  /** Entries of a key that one further down overrides. */
  List<SettingsFile.Entry> overridden(String key) {
    List<SettingsFile.Entry> all =
        file.entries().stream().filter(entry -> entry.key().equals(key)).toList();
    return all.isEmpty() ? all : all.subList(0, all.size() - 1);
  }
}
