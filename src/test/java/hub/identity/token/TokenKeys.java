package hub.identity.token;

import hub.config.Settings;
import java.util.Optional;

/** Encryption keys for tests. */
final class TokenKeys {
  private TokenKeys() {}

  static EncryptionKeys of(String value) {
    return EncryptionKeys.open(
        new Settings(
            key -> key.equals("hub.encryption-keys") ? Optional.of(value) : Optional.empty()));
  }
}
