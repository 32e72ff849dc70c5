package hub.monitoring.alert;

import hub.config.Setting;
import hub.config.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Who is told of alerts; in the registry as {@code alertChannels}, for routes. Thread-safe. */
public final class AlertChannels {
  private final Settings settings;

  public AlertChannels(Settings settings) {
    this.settings = settings;
    settings.whenChanged(
        Setting.ALERT_SLACK_URL,
        url -> {
          if (!isAddress(url)) {
            throw new IllegalArgumentException("is no http or https address");
          }
          return () -> {};
        });
  }

  /** Whether texts can be posted there. */
  public static boolean isAddress(String url) {
    return url.matches("https?://[^\\s/?#]+(/[^\\s]*)?");
  }

  /** Whether somebody gets an e-mail. */
  public boolean email() {
    return !recipients().isEmpty();
  }

  /** Whether there is a webhook to post to. */
  public boolean slack() {
    return slackUrl().isPresent();
  }

  /** Bare addresses. */
  public List<String> recipients() {
    return Arrays.stream(settings.named(Setting.ALERT_EMAIL.key()).orElse("").split(","))
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  /** A secret: whoever knows it can post. */
  Optional<String> slackUrl() {
    return settings.named(Setting.ALERT_SLACK_URL.key()).map(String::strip);
  }
}
