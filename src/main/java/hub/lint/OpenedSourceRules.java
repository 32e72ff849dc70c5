package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.webhook.verify.SchemeCatalog;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookSecrets;
import java.util.ArrayList;
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
    } else if (scheme.get().proof() == WebhookScheme.Proof.NONE) {
      faults.error(
          location,
          Setting.SOURCES.key() + ": scheme '" + name + "' accepts every request",
          "write a route file with unsafe: true, if that is meant");
    } else {
      checkVariables(scheme.get(), location);
    }
  }

  private void checkVariables(WebhookScheme scheme, Location location) {
    Schemes schemes = new Schemes(catalog);
    LintTools tools = new LintTools(settings, false);
    List<String> secrets =
        scheme.variable().isEmpty()
            ? List.of()
            : tools
                .variable(scheme.variable())
                .map(list -> schemes.split(scheme.name(), list))
                .orElse(List.of());
    List<String> missing = new ArrayList<>(schemes.furtherVariables(scheme.name()));
    missing.removeIf(name -> tools.variable(name).isPresent());
    if (!scheme.variable().isEmpty() && secrets.isEmpty()) {
      missing.add(0, scheme.variable());
    }
    missing.forEach(
        variable ->
            faults.warning(
                location,
                Setting.SOURCES.key() + ": " + variable + " is not set",
                "set it, or " + scheme.name() + " is answered 503 not-configured"));
    if (missing.isEmpty()) {
      checkSecrets(schemes, scheme, secrets, location);
    }
  }

  private void checkSecrets(
      Schemes schemes, WebhookScheme scheme, List<String> secrets, Location location) {
    try {
      schemes.of(
          SchemeOptions.of(scheme.name()), secrets, leastBytes(), new LintTools(settings, true));
    } catch (IllegalArgumentException e) {
      e.getMessage()
          .lines()
          .forEach(
              fault -> {
                int end = fault.indexOf("; ");
                faults.error(
                    location,
                    Setting.SOURCES.key()
                        + ": "
                        + (end < 0 ? fault : fault.substring(0, end))
                            .replace("secrets: ", scheme.variable() + " "),
                    end < 0 ? "" : fault.substring(end + 2));
              });
    }
  }

  /** The default when the setting itself is wrong, which is reported separately. */
  private int leastBytes() {
    try {
      return settings.count(Setting.SECRETS_MIN_BYTES);
    } catch (RuntimeException e) {
      return WebhookSecrets.MIN_BYTES;
    }
  }
}
