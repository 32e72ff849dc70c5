package hub.monitoring.alert;

import hub.config.Setting;
import hub.config.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where alert messages are sent; in the registry as {@code alertChannels}, for routes. Thread-safe.
 */
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

  /** Whether this is an http or https address that can be posted to. */
  public static boolean isAddress(String url) {
    return url.matches("https?://[^\\s/?#]+(/[^\\s]*)?");
  }

  /** Whether alerts are sent by e-mail. */
  public boolean email() {
    return !recipients().isEmpty();
  }

  /** Whether alerts are posted to Slack. */
  public boolean slack() {
    return slackUrl().isPresent();
  }

  /** The bare e-mail addresses of {@code HUB_ALERT_EMAIL}. */
  public List<String> recipients() {
    return Arrays.stream(settings.named(Setting.ALERT_EMAIL.key()).orElse("").split(","))
        .map(String::strip)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  /**
   * Escaped as Slack asks for, so that the text contains no mention or link. In Java, because the
   * function replace of Simple decodes such escapes in its own arguments.
   */
  public String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** A secret: everyone who knows it can post. */
  private Optional<String> slackUrl() {
    return settings.named(Setting.ALERT_SLACK_URL.key()).map(String::strip);
  }
}
