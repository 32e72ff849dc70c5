package hub.cli;

import hub.config.Setting;
import hub.config.Settings;
import hub.lint.WebhookSource;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SecretForm;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Proof;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;

/**
 * What a webhook is signed with.
 *
 * @param secret the source's first secret; empty where none signs
 * @param privateKey of schemes whose sender keeps one
 */
record SigningKey(String secret, Optional<PrivateKey> privateKey) {

  /** The private key in a file. */
  static SigningKey inFile(WebhookScheme scheme, Path file) {
    if (!isPrivate(scheme)) {
      throw CommandFailedException.wrongUsage(
          "--private-key: scheme "
              + scheme.name()
              + " is signed with no private key; leave it out.");
    }
    return new SigningKey("", Optional.of(PrivateKeyFile.read(file)));
  }

  /**
   * The source's secret, checked as the hub checks it.
   *
   * @param name of the variable or property that holds it; null: the source's own
   */
  static SigningKey ofSecret(
      Schemes schemes, WebhookSource source, String name, Settings settings, SchemeTools tools) {
    String scheme = source.options().scheme();
    WebhookScheme described = schemes.named(scheme).orElseThrow();
    if (isPrivate(described)) {
      throw needsPrivateKey(described, source.variable(schemes));
    }
    if (!schemes.needsSecret(scheme)) {
      return new SigningKey("", Optional.empty());
    }
    String variable = name == null ? source.variable(schemes) : name;
    List<String> secrets =
        variable.isEmpty()
            ? List.of()
            : settings.named(variable).map(list -> schemes.split(scheme, list)).orElse(List.of());
    if (secrets.isEmpty()) {
      throw CommandFailedException.wrongUsage(
          (variable.isEmpty() ? "The secret's variable" : variable)
              + " is not set: set it to the secret that the hub expects of "
              + source.name()
              + ", or name another with --secret-name.");
    }
    try {
      schemes.of(source.options(), secrets, settings.count(Setting.SECRETS_MIN_BYTES), tools);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.failed(variable + ": " + e.getMessage());
    }
    return new SigningKey(secrets.get(0), Optional.empty());
  }

  /** Whether the sender signs with a key that the hub does not have. */
  private static boolean isPrivate(WebhookScheme scheme) {
    return scheme.proof() == Proof.PUBLIC_KEY
        || (scheme.proof() == Proof.JWT && scheme.secret().kind() == SecretForm.Kind.NONE);
  }

  private static CommandFailedException needsPrivateKey(WebhookScheme scheme, String variable) {
    String pair =
        switch (scheme.signed().algorithm()) {
          case "ed25519" -> "ed25519";
          case "ecdsa-p256-sha256", "es256" -> "EC -pkeyopt ec_paramgen_curve:P-256";
          default -> "RSA";
        };
    return CommandFailedException.wrongUsage(
        "Scheme "
            + scheme.name()
            + " is signed with a private key, which its sender keeps. Make a pair of your own with"
            + " openssl genpkey -algorithm "
            + pair
            + " -out key.pem, sign with --private-key key.pem, "
            + (variable.isEmpty()
                ? "and expect a refusal: the hub takes the sender's key from " + scheme.keys().url()
                : "and give the hub the public half in "
                    + variable
                    + " (openssl pkey -in key.pem -pubout)")
            + ".");
  }
}
