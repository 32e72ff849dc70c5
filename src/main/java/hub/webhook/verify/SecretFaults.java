package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the faults of a source's secrets. Messages give a secret's place in the list, never its
 * value.
 */
final class SecretFaults {
  private SecretFaults() {}

  /**
   * @param minBytes least length of a secret, unless its scheme has its own limits
   */
  static List<String> of(Optional<WebhookScheme> scheme, List<String> secrets, int minBytes) {
    if (scheme.isPresent() && !scheme.get().needsSecret()) {
      return List.of();
    }
    if (secrets == null || secrets.isEmpty()) {
      return List.of(
          "secrets: none given, and without one nothing can be verified;"
              + " set the property or variable that secrets names");
    }
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < secrets.size(); i++) {
      String which = "secrets: number " + (i + 1) + " of " + secrets.size() + " ";
      faultOf(scheme, secrets.get(i), minBytes).ifPresent(fault -> faults.add(which + fault));
    }
    return faults;
  }

  private static Optional<String> faultOf(
      Optional<WebhookScheme> scheme, String secret, int minBytes) {
    if (secret == null || secret.isBlank()) {
      return Optional.of("is empty; remove it with its comma");
    }
    if (scheme.isEmpty()) {
      return Optional.empty();
    }
    if (!scheme.get().keys().variable().isEmpty()) {
      return publicKeyFault(scheme.get(), secret);
    }
    return switch (scheme.get().secret().kind()) {
      case BASE64, HEX -> keyFault(scheme.get(), secret, minBytes);
      case USER_AND_PASSWORD -> {
        int colon = secret.indexOf(':');
        yield colon < 0
            ? Optional.of("has no colon; write it as user:password")
            : lengthFault("has a password of ", secret.substring(colon + 1), minBytes);
      }
      case TEXT, NONE ->
          lengthFault(
              "has ",
              scheme.get().secret().withoutPrefix(secret),
              scheme.get().secret().minBytes() > 0 ? scheme.get().secret().minBytes() : minBytes);
    };
  }

  private static Optional<String> publicKeyFault(WebhookScheme scheme, String text) {
    if (text.contains("PRIVATE KEY")) {
      return Optional.of("is a private key; the sender keeps that, copy its public key");
    }
    Optional<PublicKey> key = PublicKeys.parse(text);
    if (key.isEmpty()) {
      return Optional.of(
          "is not a public key; copy it again as the sender shows it: PEM, base64 or hexadecimal");
    }
    List<String> algorithms =
        scheme.signed().algorithms().stream().map(WebhookScheme.Algorithm::name).toList();
    return algorithms.stream().anyMatch(one -> PublicKeys.fits(key.get(), one))
        ? Optional.empty()
        : Optional.of(
            "is a key of "
                + key.get().getAlgorithm()
                + " that does not fit "
                + String.join(" or ", algorithms)
                + "; copy the sender's key for webhooks");
  }

  private static Optional<String> keyFault(WebhookScheme scheme, String secret, int minBytes) {
    SecretForm form = scheme.secret();
    Optional<byte[]> key = form.key(secret);
    if (key.isEmpty()) {
      return Optional.of(
          "is not "
              + (form.kind() == SecretForm.Kind.HEX ? "hexadecimal" : "base64")
              + (form.prefix().isEmpty() ? "" : " after an optional " + form.prefix())
              + "; copy it again from the sender's settings");
    }
    int bytes = key.get().length;
    int least = form.minBytes() > 0 ? form.minBytes() : minBytes;
    boolean fits = bytes >= least && (form.maxBytes() == 0 || bytes <= form.maxBytes());
    return fits
        ? Optional.empty()
        : Optional.of(
            "stands for a key of "
                + count(bytes)
                + ", and scheme "
                + scheme.name()
                + " takes "
                + (form.maxBytes() == 0 ? "at least " + least : least + " to " + form.maxBytes())
                + "; copy it again, whole, from the sender's settings");
  }

  private static Optional<String> lengthFault(String what, String secret, int minBytes) {
    int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
    return bytes >= minBytes
        ? Optional.empty()
        : Optional.of(
            what
                + count(bytes)
                + ", fewer than the "
                + minBytes
                + " of hub.secrets.min-bytes; agree on a longer one with the sender, such as"
                + " 'openssl rand -base64 24' makes, or copy the sender's whole");
  }

  private static String count(int bytes) {
    return bytes == 1 ? "1 byte" : bytes + " bytes";
  }
}
