package hub.provider.analytics;

import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.Optional;

/** The configured analytics providers; in the registry as {@code analytics}. */
public final class AnalyticsSettings {
  private static final String POSTHOG_KEY = "POSTHOG_API_KEY";
  private static final String MIXPANEL_TOKEN = "MIXPANEL_TOKEN";

  private final Settings settings;

  public AnalyticsSettings(Settings settings) {
    this.settings = settings;
  }

  public boolean hasPosthog() {
    return posthogKey().isPresent();
  }

  public boolean hasMixpanel() {
    return mixpanelToken().isPresent();
  }

  Optional<String> posthogKey() {
    return settings.named(POSTHOG_KEY).map(String::strip);
  }

  String posthogHost() {
    return host("POSTHOG_HOST");
  }

  Optional<String> mixpanelToken() {
    return settings.named(MIXPANEL_TOKEN).map(String::strip);
  }

  String mixpanelHost() {
    return host("MIXPANEL_HOST");
  }

  private String host(String name) {
    return settings.text(name).replaceFirst("/+$", "");
  }

  /**
   * @throws ProblemException 503 {@code not-configured} when there is no provider
   */
  void require() {
    if (!hasPosthog() && !hasMixpanel()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              "analytics is not configured: set "
                  + POSTHOG_KEY
                  + " or "
                  + MIXPANEL_TOKEN
                  + ", or both"
                  + Settings.TAKES_EFFECT));
    }
  }
}
