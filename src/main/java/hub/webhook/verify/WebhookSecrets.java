package hub.webhook.verify;

import hub.util.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Parses lists of secrets, and names a secret without revealing it. */
public final class WebhookSecrets {

  /** Makes the fingerprint differ from the plain hash in tables of known passwords. */
  private static final String DOMAIN = "hub.webhook.secret:";

  private static final int FINGERPRINT_BYTES = 4;

  /** The default for the least length of a secret, in bytes: 128 bits. */
  public static final int MIN_BYTES = 16;

  private WebhookSecrets() {}

  /**
   * The secrets in a comma-separated list, trimmed, in order. An empty member stays in the list, so
   * that {@link Schemes#of} can report its place. Some senders show a Standard Webhooks secret with
   * its version, {@code v1,whsec_…}, and a list of them with bars between: for that scheme this is
   * one secret, and a bar separates like a comma. Otherwise a secret with a comma in it cannot be
   * written.
   *
   * @param scheme that the secrets are for; empty when it is unknown
   * @param list null or blank: there are no secrets
   */
  public static List<String> split(Optional<WebhookScheme> scheme, String list) {
    if (list == null || list.isBlank()) {
      return List.of();
    }
    Optional<WebhookScheme> versioned =
        scheme.filter(one -> !one.secret().prefix().isEmpty() && one.format().assign().equals(","));
    String[] members =
        versioned.isEmpty()
            ? list.split(",", -1)
            : version(versioned.get()).matcher(list).replaceAll("$1").split("[,|]", -1);
    return Stream.of(members).map(String::strip).toList();
  }

  /** The version of a secret, at the beginning of a member of the list. */
  private static Pattern version(WebhookScheme scheme) {
    return Pattern.compile(
        "(^|[,|])\\s*"
            + Pattern.quote(scheme.format().field())
            + "\\s*,\\s*(?="
            + Pattern.quote(scheme.secret().prefix())
            + ")");
  }

  /** Eight hex digits that name a secret in metrics and logs without revealing it. */
  public static String fingerprint(String secret) {
    byte[] hash = Sha256.of((DOMAIN + secret).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
  }
}
