package hub.lint;

import hub.config.EnvFile;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * {@code application.properties}, every entry with its line.
 *
 * @param name for messages
 * @param entries in the order of the file
 * @param variables of {@code .env} beside it, each with its value and place
 */
record SettingsFile(String name, List<Entry> entries, Map<String, Entry> variables) {
  /** A key and its value as written, placeholders unresolved. */
  record Entry(String key, String value, Location location) {}

  /** Reads the file; an absent file has no entries. */
  static SettingsFile read(Path path, String name, Faults faults) {
    List<Entry> entries = new ArrayList<>();
    if (Files.exists(path)) {
      try {
        parse(Files.readAllLines(path), name, entries, faults);
      } catch (IOException e) {
        faults.error(
            Location.of(name), "cannot be read", "check who may read it, and save it as UTF-8");
      }
    }
    return new SettingsFile(name, List.copyOf(entries), variables(path));
  }

  private static Map<String, Entry> variables(Path path) {
    Map<String, Entry> variables = new HashMap<>();
    EnvFile.beside(path)
        .variables()
        .forEach(
            (variable, set) ->
                variables.put(
                    variable,
                    new Entry(variable, set.value(), new Location(EnvFile.NAME, set.line()))));
    return variables;
  }

  private static void parse(List<String> lines, String name, List<Entry> entries, Faults faults) {
    StringBuilder logical = new StringBuilder();
    int start = 0;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (logical.isEmpty()) {
        start = i + 1;
        if (line.isBlank() || line.stripLeading().matches("[#!].*")) {
          continue;
        }
      }
      logical.append(line).append('\n');
      if (!continues(line) || i == lines.size() - 1) {
        add(logical.toString(), new Location(name, start), entries, faults);
        logical.setLength(0);
      }
    }
  }

  /** A line with an odd number of backslashes at its end continues on the next line. */
  private static boolean continues(String line) {
    int slashes = 0;
    while (slashes < line.length() && line.charAt(line.length() - 1 - slashes) == '\\') {
      slashes++;
    }
    return slashes % 2 == 1;
  }

  private static void add(String text, Location location, List<Entry> entries, Faults faults) {
    Properties one = new Properties();
    try {
      one.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      faults.error(location, "has a wrong \\u", "write \\uXXXX, or \\\\ for a backslash");
      return;
    }
    one.forEach((key, value) -> entries.add(new Entry((String) key, (String) value, location)));
  }

  /** The effective entry: the last of that key. */
  Optional<Entry> entry(String key) {
    return entries.stream()
        .filter(entry -> entry.key().equals(key))
        .reduce((first, second) -> second);
  }
}
