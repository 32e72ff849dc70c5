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
  static List<String> of(Optional<SchemeKind> kind, List<String> secrets, int minBytes) {
    if (kind.isPresent() && kind.get() == SchemeKind.NONE) {
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
      faultOf(kind, secrets.get(i), minBytes).ifPresent(fault -> faults.add(which + fault));
    }
    return faults;
  }

  private static Optional<String> faultOf(Optional<SchemeKind> kind, String secret, int minBytes) {
    if (secret == null || secret.isBlank()) {
      return Optional.of("is empty; remove it with its comma");
    }
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    return switch (kind.get()) {
      case STANDARD_WEBHOOKS -> standardFault(secret);
      case BASIC -> {
        int colon = secret.indexOf(':');
        yield colon < 0
            ? Optional.of("has no colon; write it as user:password")
            : lengthFault("has a password of ", secret.substring(colon + 1), minBytes);
      }
      default -> lengthFault("has ", secret, minBytes);
    };
  }

  private static Optional<String> standardFault(String secret) {
    Optional<byte[]> key = StandardSecret.decode(secret);
    if (key.isEmpty()) {
      return Optional.of(
          "is not base64 after an optional whsec_; copy it again from the sender's settings");
    }
    int bytes = key.get().length;
    return bytes >= StandardSecret.MIN_BYTES && bytes <= StandardSecret.MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            "stands for a key of "
                + count(bytes)
                + ", and scheme standard-webhooks takes "
                + StandardSecret.MIN_BYTES
                + " to "
                + StandardSecret.MAX_BYTES
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
