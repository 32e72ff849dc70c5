package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.config.Variables;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells names in {@code application.properties} that are written like a variable, that nothing
 * reads, and that resemble one which is read.
 */
final class SettingNames {
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+");

  private final SettingsFile file;
  private final Settings settings;
  private final boolean isCodeKnown;
  private final Faults faults;
  private final Set<String> declared = new TreeSet<>();
  private final Set<String> read = new TreeSet<>();

  /**
   * @param isCodeKnown whether no code of one's own may read settings
   */
  SettingNames(
      SettingsFile file,
      Settings settings,
      Variables variables,
      boolean isCodeKnown,
      Faults faults) {
    this.file = file;
    this.settings = settings;
    this.isCodeKnown = isCodeKnown;
    this.faults = faults;
    for (Setting setting : Setting.values()) {
      declared.add(setting.variable());
    }
    variables.all().forEach(variable -> declared.add(variable.variable()));
    read.addAll(declared);
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
        Suggest.nearest(key, read).ifPresent(near -> tell(entry.location(), key, near));
      }
    }
  }

  /** A name beside one that is set may be a second one, kept for later. */
  private void tell(Location location, String key, String near) {
    String what = "nothing reads '" + key + "'";
    String remedy = "did you mean '" + near + "'?";
    if (declared.contains(near) || (isCodeKnown && !isSet(near))) {
      faults.error(location, what, remedy);
    } else {
      faults.warning(location, what, remedy);
    }
  }

  private boolean isSet(String name) {
    try {
      return settings.named(name).isPresent();
    } catch (RuntimeException e) {
      return true; // told at the setting
    }
  }
}
