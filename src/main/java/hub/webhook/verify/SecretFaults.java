package hub.webhook.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with a source's secrets, told by their place in the list, never by their value. */
final class SecretFaults {
  private SecretFaults() {}

  /**
   * @param leastBytes least length of a secret whose scheme has no bound of its own
   */
  static List<String> of(Optional<SchemeKind> kind, List<String> secrets, int leastBytes) {
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
      faultOf(kind, secrets.get(i), leastBytes).ifPresent(fault -> faults.add(which + fault));
    }
    return faults;
  }

  private static Optional<String> faultOf(
      Optional<SchemeKind> kind, String secret, int leastBytes) {
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
            : lengthFault("has a password of ", secret.substring(colon + 1), leastBytes);
      }
      default -> lengthFault("has ", secret, leastBytes);
    };
  }

  private static Optional<String> standardFault(String secret) {
    Optional<byte[]> key = StandardSecret.decode(secret);
    if (key.isEmpty()) {
      return Optional.of(
          "is not base64 after an optional whsec_; copy it again from the sender's settings");
    }
    int bytes = key.get().length;
    return bytes >= StandardSecret.LEAST_BYTES && bytes <= StandardSecret.MAX_BYTES
        ? Optional.empty()
        : Optional.of(
            "stands for a key of "
                + count(bytes)
                + ", and scheme standard-webhooks takes "
                + StandardSecret.LEAST_BYTES
                + " to "
                + StandardSecret.MAX_BYTES
                + "; copy it again, whole, from the sender's settings");
  }

  private static Optional<String> lengthFault(String what, String secret, int leastBytes) {
    int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
    return bytes >= leastBytes
        ? Optional.empty()
        : Optional.of(
            what
                + count(bytes)
                + ", fewer than the "
                + leastBytes
                + " of hub.secrets.min-bytes; agree on a longer one with the sender, such as"
                + " 'openssl rand -base64 24' makes, or copy the sender's whole");
  }

  private static String count(int bytes) {
    return bytes == 1 ? "1 byte" : bytes + " bytes";
  }
}
