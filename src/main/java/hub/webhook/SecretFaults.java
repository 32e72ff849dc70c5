package hub.webhook;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is wrong with a source's secrets, told by their place in the list, never by their value. */
final class SecretFaults {
  private SecretFaults() {}

  static List<String> of(Optional<SchemeKind> kind, List<String> secrets) {
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
      faultOf(kind, secrets.get(i)).ifPresent(fault -> faults.add(which + fault));
    }
    return faults;
  }

  private static Optional<String> faultOf(Optional<SchemeKind> kind, String secret) {
    if (secret == null || secret.isBlank()) {
      return Optional.of("is blank; remove it");
    }
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    return switch (kind.get()) {
      case STANDARD_WEBHOOKS ->
          StandardSecret.decode(secret).isPresent()
              ? Optional.empty()
              : Optional.of(
                  "is not base64 after an optional whsec_; copy it again from the sender's settings");
      case BASIC ->
          secret.contains(":")
              ? Optional.empty()
              : Optional.of("has no colon; write it as user:password");
      default -> Optional.empty();
    };
  }
}
