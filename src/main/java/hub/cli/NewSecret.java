package hub.cli;

import hub.config.SecretFiles;
import hub.webhook.verify.SecretForm;
import hub.webhook.verify.WebhookScheme;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Makes secrets of the form that a scheme expects. */
final class NewSecret {
  private NewSecret() {}

  /** A random one; empty where the sender alone can make it. */
  static Optional<String> of(WebhookScheme scheme) {
    String hex = SecretFiles.random();
    SecretForm form = scheme.secret();
    return switch (form.kind()) {
      case NONE -> Optional.empty();
      case TEXT, HEX -> Optional.of(form.prefix() + hex);
      case USER_AND_PASSWORD -> Optional.of("hub:" + hex);
      case BASE64 ->
          Optional.of(
              form.prefix()
                  + Base64.getEncoder()
                      .encodeToString(hex.substring(0, 32).getBytes(StandardCharsets.UTF_8)));
    };
  }
}
