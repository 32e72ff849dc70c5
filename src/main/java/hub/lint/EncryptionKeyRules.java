package hub.lint;

import hub.config.Setting;
import hub.config.Settings;
import hub.identity.login.Placeholders;
import hub.identity.token.EncryptionKeys;

/** Warns when nodes that share a database have no common encryption keys. */
final class EncryptionKeyRules {
  private final Settings settings;
  private final Faults faults;

  EncryptionKeyRules(Settings settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  /**
   * @param providers {@code login/providers.yaml}
   */
  void check(YamlTree providers) {
    try {
      if (settings.text(Setting.DATABASE_URL).startsWith("jdbc:postgresql:")
          && EncryptionKeys.configured(settings).isEmpty()
          && providers.entries().stream().anyMatch(this::isConfigured)) {
        faults.warning(
            Location.of(Setting.ENCRYPTION_KEYS.variable()),
            "is not set, so this node makes a key that no other node on the database has",
            "set the same on every node: id:base64, made with 'openssl rand -base64 32'");
      }
    } catch (RuntimeException e) {
      // SettingRules reports a setting that cannot be resolved.
      return;
    }
  }

  private boolean isConfigured(YamlTree.Entry provider) {
    if (!provider.value().isMap()) {
      return false;
    }
    Placeholders id = Placeholders.resolve(provider.value().text("client-id"), settings);
    return id.unset().isEmpty() && !id.text().isEmpty();
  }
}
