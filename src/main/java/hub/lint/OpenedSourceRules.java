package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.webhook.verify.SchemeCatalog;
import hub.webhook.verify.WebhookScheme;
import java.util.List;
import java.util.Optional;

/** Checks the sources that {@code hub.sources} opens without a route file. */
record OpenedSourceRules(Settings settings, SchemeCatalog catalog, Faults faults) {

  /** The names in the setting; none when it is wrong, which is reported separately. */
  static List<String> names(Settings settings) {
    try {
      return settings.entries(Setting.SOURCES);
    } catch (RuntimeException e) {
      return List.of();
    }
  }

  void checkAll(SettingsFile file) {
    Location location =
        file.entries().stream()
            .filter(entry -> entry.key().equals(Setting.SOURCES.key()))
            .map(SettingsFile.Entry::location)
            .findFirst()
            .orElse(Location.of(Setting.SOURCES.key()));
    names(settings).forEach(name -> check(name, location));
  }

  private void check(String name, Location location) {
    Optional<WebhookScheme> scheme;
    try {
      scheme = catalog.named(name);
    } catch (IllegalArgumentException e) {
      return; // reported at the scheme's file
    }
    if (scheme.isEmpty()) {
      faults.error(
          location,
          Setting.SOURCES.key() + ": there is no scheme '" + name + "'",
          Suggest.remedy(name, catalog.names()));
    } else if (scheme.get().event().eventId().isEmpty()) {
      faults.error(
          location,
          Setting.SOURCES.key() + ": scheme '" + name + "' does not say where the event's id is",
          "write a route file for this source");
    } else if (!scheme.get().variable().isEmpty()
        && settings.named(scheme.get().variable()).isEmpty()) {
      faults.warning(
          location,
          Setting.SOURCES.key() + ": " + scheme.get().variable() + " is not set",
          "set it, or " + name + " is answered 503 not-configured");
    }
  }
}
