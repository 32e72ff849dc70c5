package hub.cli;

import hub.config.SecretFiles;
import hub.webhook.verify.SecretForm;
import hub.webhook.verify.WebhookScheme;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** Makes secrets of the form that a scheme expects. */
final class NewSecret {
  private static final int USUAL_BYTES = 24;

  private NewSecret() {}

  /**
   * A random one of a length that the scheme takes; empty where the sender alone can make it.
   *
   * @param minBytes least length where the scheme has none of its own
   */
  static Optional<String> of(WebhookScheme scheme, int minBytes) {
    SecretForm form = scheme.secret();
    int least = Math.max(USUAL_BYTES, form.minBytes() > 0 ? form.minBytes() : minBytes);
    int length = form.maxBytes() > 0 ? Math.min(least, form.maxBytes()) : least;
    byte[] key = SecretFiles.randomBytes(length);
    String hex = HexFormat.of().formatHex(key);
    return switch (form.kind()) {
      case NONE -> Optional.empty();
      case TEXT, HEX -> Optional.of(form.prefix() + hex);
      case USER_AND_PASSWORD -> Optional.of("hub:" + hex);
      case BASE64 -> Optional.of(form.prefix() + Base64.getEncoder().encodeToString(key));
    };
  }
}
