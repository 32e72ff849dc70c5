package hub.lint;

import hub.config.Declared;
import hub.config.Setting;
import hub.config.Settings;
import hub.config.ValueKind;
import hub.config.Variable;
import hub.http.auth.CallerKeys;
import hub.http.body.BodyLimits;
import hub.identity.token.EncryptionKeys;
import hub.monitoring.alert.AlertChannels;
import hub.provider.email.EmailSettings;
import hub.webhook.WarmUp;
import hub.webhook.verify.WebhookSecrets;
import java.util.Optional;

/** Checks the effective value of each of the hub's own settings. */
final class SettingValueRules {
  private final Settings settings;
  private final SettingOrigins origins;
  private final Faults faults;

  SettingValueRules(Settings settings, SettingOrigins origins, Faults faults) {
    this.settings = settings;
    this.origins = origins;
    this.faults = faults;
  }

  void check(Declared setting) {
    value(setting).ifPresent(value -> check(setting, value));
  }

  private Optional<String> value(Declared setting) {
    try {
      return Optional.of(settings.text(setting));
    } catch (RuntimeException e) {
      if (!faults.hasErrorAt(location(setting))) {
        faults.error(
            location(setting),
            setting.key() + " cannot be resolved",
            "set the variable or property that it refers to, or give it a default");
      }
      return Optional.empty();
    }
  }

  private void check(Declared declared, String value) {
    if (declared instanceof Variable variable) {
      checkVariable(variable, value);
    } else if (declared instanceof Setting setting) {
      checkComplaint(setting, value);
      checkSetting(setting, value);
    }
  }

  private void checkComplaint(Declared setting, String value) {
    setting
        .complaint(value)
        .ifPresent(complaint -> faults.error(location(setting), title(setting) + complaint, ""));
  }

  private void checkVariable(Variable variable, String value) {
    if (value.isEmpty()) {
      return;
    }
    checkComplaint(variable, value);
    if (variable.kind() == ValueKind.SENDER) {
      checkSender(variable, value);
    }
    if (!variable.hasPrefix(value)) {
      // A secret, so it is not shown.
      String means = variable.limits().otherPrefix();
      faults.warning(
          location(variable),
          title(variable)
              + "begins with none of "
              + String.join(", ", variable.limits().prefixes())
              + (means.isEmpty() ? "" : ", so " + means),
          "check it");
    }
  }

  private void checkSetting(Setting setting, String value) {
    switch (setting) {
      case DATABASE_URL -> checkDatabase(value);
      case MAX_BODY_BYTES -> checkLargestBody(value);
      case WARM_UP_SECONDS -> checkWarmUp(value);
      case ADMIN_KEY -> checkAdminKey(value);
      case API_KEYS -> checkApiKeys(value);
      case ENCRYPTION_KEYS -> checkEncryptionKeys(EncryptionKeys.configured(settings));
      case ALERT_EMAIL -> checkAlertEmail(value);
      case ALERT_SLACK_URL -> checkAlertAddress(value);
      default -> {}
    }
  }

  private void checkLargestBody(String value) {
    boolean numbers =
        Setting.MAX_BODY_BYTES.complaint(value).isEmpty()
            && Setting.BODIES_MAX_BYTES
                .kind()
                .complaint(value(Setting.BODIES_MAX_BYTES).orElse("?"))
                .isEmpty();
    if (numbers && Long.parseLong(value) > BodyLimits.largest(settings)) {
      faults.error(
          location(Setting.MAX_BODY_BYTES),
          title(Setting.MAX_BODY_BYTES)
              + "is over half of what all bodies may take together ("
              + 2 * BodyLimits.largest(settings)
              + ")",
          "lower it, raise hub.http.bodies-max-bytes, or give the hub a larger heap by -Xmx");
    }
  }

  private void checkWarmUp(String value) {
    boolean isNumber = Setting.WARM_UP_SECONDS.kind().complaint(value).isEmpty();
    if (isNumber && Long.parseLong(value) > WarmUp.MOST_SECONDS) {
      faults.error(
          location(Setting.WARM_UP_SECONDS),
          title(Setting.WARM_UP_SECONDS)
              + "must be 0 to "
              + WarmUp.MOST_SECONDS
              + ", not '"
              + value
              + "'",
          "");
    }
  }

  /** The URL may contain a password, so it is not shown. */
  private void checkDatabase(String address) {
    if (!address.isEmpty()
        && !address.startsWith("jdbc:postgresql:")
        && !address.startsWith("jdbc:h2:")) {
      faults.error(
          location(Setting.DATABASE_URL),
          title(Setting.DATABASE_URL) + "starts neither with jdbc:postgresql: nor with jdbc:h2:",
          "write jdbc:postgresql://host/database, with user and password in DATABASE_USER and"
              + " DATABASE_PASSWORD");
    }
  }

  private void checkSender(Variable variable, String sender) {
    if (!EmailSettings.isSender(sender)) {
      faults.error(
          location(variable),
          title(variable) + "is neither an address nor 'Name <address>'",
          "write it as hub@example.com or Acme <hub@example.com>; a name with a comma or another"
              + " special character goes in quotes: \"Acme, Inc.\" <hub@example.com>");
    }
  }

  private void checkAlertEmail(String addresses) {
    if (addresses.isEmpty()) {
      return;
    }
    for (String address : addresses.split(",", -1)) {
      if (!EmailSettings.isBareAddress(address.strip())) {
        faults.error(
            location(Setting.ALERT_EMAIL),
            title(Setting.ALERT_EMAIL) + "has '" + address.strip() + "', which is no address",
            "write bare addresses such as ada@example.com, separated by commas");
      }
    }
    if (settings.named("EMAIL_TRANSPORT").isEmpty()) {
      faults.warning(
          location(Setting.ALERT_EMAIL),
          title(Setting.ALERT_EMAIL) + "is set, but e-mail is not configured",
          "set EMAIL_TRANSPORT and what it needs");
    }
  }

  /** A secret, so it is not shown. */
  private void checkAlertAddress(String address) {
    if (!address.isEmpty() && !AlertChannels.isAddress(address)) {
      faults.error(
          location(Setting.ALERT_SLACK_URL),
          title(Setting.ALERT_SLACK_URL) + "is no http or https address",
          "copy the address of the incoming webhook");
    }
  }

  private void checkApiKeys(String keys) {
    if (!keys.isEmpty()) {
      CallerKeys.faults(keys, leastBytes()).forEach(fault -> report(Setting.API_KEYS, fault));
    }
  }

  private void checkAdminKey(String key) {
    if (!key.isEmpty()) {
      CallerKeys.lengthFault(key, leastBytes())
          .ifPresent(fault -> report(Setting.ADMIN_KEY, fault));
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

  /**
   * @param fault the fault and, after a semicolon, the remedy
   */
  private void report(Setting setting, String fault) {
    String[] parts = fault.split("; ", 2);
    faults.error(location(setting), title(setting) + parts[0], parts[1]);
  }

  private void checkEncryptionKeys(String keys) {
    for (String fault : EncryptionKeys.faults(keys)) {
      faults.error(
          location(Setting.ENCRYPTION_KEYS),
          title(Setting.ENCRYPTION_KEYS) + fault,
          "write id:base64, separated by commas, the newest first; make one with"
              + " 'openssl rand -base64 32'");
    }
  }

  private String title(Declared setting) {
    return origins.title(setting.key());
  }

  private Location location(Declared setting) {
    return origins.location(setting.key());
  }
}
