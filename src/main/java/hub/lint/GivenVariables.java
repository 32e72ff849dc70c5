package hub.lint;

import hub.config.Settings;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.WebhookScheme;
import java.util.Set;
import java.util.TreeSet;

/** Finds the variables that no step sets: those of webhooks' schemes, and of the settings. */
final class GivenVariables {
  private static final String KEY = "camel.variable.";

  private final Set<String> names = new TreeSet<>();
  private final SchemeFiles schemes;

  private GivenVariables(SchemeFiles schemes) {
    this.schemes = schemes;
  }

  static Set<String> of(
      Project project, SchemeFiles schemes, Settings settings, SettingsFile file) {
    GivenVariables given = new GivenVariables(schemes);
    project.endpoints().stream()
        .filter(
            endpoint -> endpoint.address().matches("kamelet:/*" + WebhookRules.KAMELET + "(/.*)?"))
        .forEach(source -> source.value("scheme").ifPresent(given::addOf));
    OpenedSourceRules.names(settings).forEach(given::addOf);
    file.entries().stream()
        .filter(entry -> entry.key().startsWith(KEY))
        .forEach(
            entry -> given.names.add(entry.key().substring(KEY.length()).replaceFirst(".*:", "")));
    return given.names;
  }

  private void addOf(String scheme) {
    try {
      schemes
          .named(scheme)
          .map(WebhookScheme::variables)
          .ifPresent(own -> names.addAll(own.keySet()));
    } catch (IllegalArgumentException e) {
      // told at the scheme's file
    }
  }
}
