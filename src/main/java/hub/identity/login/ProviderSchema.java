package hub.identity.login;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names that a provider may have, and the fields that it needs. */
public final class ProviderSchema {
  private static final String NAME = "[a-z0-9][a-z0-9-]{0,39}";

  /**
   * Paths below {@code /api/auth}, and {@code key}, the provider name of the operators' key's
   * sessions.
   */
  private static final Set<String> RESERVED =
      Set.of("callback", "key", "login", "logout", "session", "tokens");

  private static final List<ProviderField> WITHOUT_ISSUER =
      List.of(
          ProviderField.AUTHORIZE_URL,
          ProviderField.TOKEN_URL,
          ProviderField.USER_INFO_URL,
          ProviderField.SUBJECT);

  private ProviderSchema() {}

  /** The fault of a provider's name; empty when it is valid. */
  public static Optional<String> nameComplaint(String name) {
    if (!name.matches(NAME)) {
      return Optional.of(
          "'" + name + "' is not 1 to 40 small letters, digits and hyphens, as in a path");
    }
    return RESERVED.contains(name)
        ? Optional.of("'" + name + "' is a path of the hub's own")
        : Optional.empty();
  }

  /** The fields that are missing, or that must not be combined. */
  public static List<String> complaints(Set<ProviderField> given) {
    List<String> complaints = new ArrayList<>();
    if (!given.contains(ProviderField.CLIENT_ID)) {
      complaints.add("has no client-id");
    }
    if (given.contains(ProviderField.ISSUER)) {
      List.of(
              ProviderField.AUTHORIZE_URL,
              ProviderField.TOKEN_URL,
              ProviderField.USER_INFO_URL,
              ProviderField.EMAILS_URL)
          .stream()
          .filter(given::contains)
          .forEach(field -> complaints.add("has an issuer, which tells the " + field.key()));
    } else if (WITHOUT_ISSUER.stream().noneMatch(given::contains)) {
      complaints.add("has neither an issuer nor authorize-url, token-url, user-info-url");
    } else {
      WITHOUT_ISSUER.stream()
          .filter(field -> !given.contains(field))
          .forEach(field -> complaints.add("has no issuer and no " + field.key()));
    }
    return complaints;
  }
}
