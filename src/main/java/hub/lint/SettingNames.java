package hub.lint;

import hub.config.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Warns of names in {@code application.properties} that are written like a variable, that nothing
 * reads, and that resemble one which is read.
 */
final class SettingNames {
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+");

  private final SettingsFile file;
  private final Faults faults;
  private final Set<String> read = new TreeSet<>();

  SettingNames(SettingsFile file, Faults faults) {
    this.file = file;
    this.faults = faults;
    for (Setting setting : Setting.values()) {
      read.add(setting.variable());
      addNames(setting.key());
    }
    file.entries().forEach(entry -> addNames(entry.value()));
  }

  /** Adds every name that stands in a file. */
  void addNames(List<Spot> spots) {
    spots.forEach(spot -> spot.texts().forEach(text -> addNames(text.text())));
  }

  /** Adds every name in a text. */
  void addNames(String text) {
    Matcher names = NAME.matcher(text);
    while (names.find()) {
      read.add(names.group());
    }
  }

  void check() {
    for (SettingsFile.Entry entry : file.entries()) {
      String key = entry.key();
      if (NAME.matcher(key).matches() && !read.contains(key)) {
        Suggest.nearest(key, read)
            .ifPresent(
                near ->
                    faults.warning(
                        entry.location(),
                        "nothing reads '" + key + "'",
                        "did you mean '" + near + "'?"));
      }
    }
  }

  /** The names that are read, for suggestions. */
  static List<String> ofSettings() {
    return Arrays.stream(Setting.values()).map(Setting::variable).toList();
  }
}
