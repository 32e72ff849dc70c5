package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
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
    return switch (scheme.get().secret().kind()) {
      case BASE64 -> keyFault(scheme.get(), secret);
      case USER_AND_PASSWORD -> {
        int colon = secret.indexOf(':');
        yield colon < 0
            ? Optional.of("has no colon; write it as user:password")
            : lengthFault("has a password of ", secret.substring(colon + 1), minBytes);
      }
      case TEXT, NONE -> lengthFault("has ", secret, minBytes);
    };
  }

  private static Optional<String> keyFault(WebhookScheme scheme, String secret) {
    SecretForm form = scheme.secret();
    Optional<byte[]> key = form.key(secret);
    if (key.isEmpty()) {
      return Optional.of(
          "is not base64 after an optional "
              + form.prefix()
              + "; copy it again from the sender's settings");
    }
    int bytes = key.get().length;
    return bytes >= form.minBytes() && bytes <= form.maxBytes()
        ? Optional.empty()
        : Optional.of(
            "stands for a key of "
                + count(bytes)
                + ", and scheme "
                + scheme.name()
                + " takes "
                + form.minBytes()
                + " to "
                + form.maxBytes()
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
