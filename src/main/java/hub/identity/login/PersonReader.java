package hub.identity.login;

import hub.identity.session.Person;
import java.util.Map;
import java.util.Optional;

/** Reads what a provider tells of a person, as far as it can be kept. */
final class PersonReader {
  /** As wide as the store's columns. */
  private static final int MOST_CHARACTERS = 255;

  private static final int MOST_EMAIL_CHARACTERS = 320;

  private PersonReader() {}

  /**
   * The person's id at the provider. Where it counts within an organisation alone, that stands
   * before it: two organisations may have the same one.
   *
   * @throws LoginFailedException when the claims do not tell it
   */
  static String subject(LoginProvider provider, ClaimPaths tenant, Map<String, Object> claims) {
    String id =
        provider
            .subject()
            .in(claims)
            .orElseThrow(
                () ->
                    LoginFailedException.exchange(provider, "does not tell the person's id", null));
    String whole =
        tenant.paths().isEmpty()
            ? id
            : tenant
                    .in(claims)
                    .orElseThrow(
                        () ->
                            LoginFailedException.exchange(
                                provider, "does not tell the person's organisation", null))
                + "."
                + id;
    if (!isSubject(whole)) {
      throw LoginFailedException.exchange(provider, "does not tell the person's id", null);
    }
    return whole;
  }

  /** Whether the store can keep it as it is; another id would be another person. */
  private static boolean isSubject(String text) {
    return text.length() <= MOST_CHARACTERS && text.chars().noneMatch(Character::isISOControl);
  }

  /** Where {@code providers.yaml} says, else the usual claim if another one says it is verified. */
  static Optional<String> verifiedEmail(LoginProvider provider, Map<String, Object> claims) {
    if (!provider.email().paths().isEmpty()) {
      return provider.email().in(claims);
    }
    Object verified = claims.get("email_verified");
    return Boolean.TRUE.equals(verified) || "true".equals(verified)
        ? Optional.ofNullable(claims.get("email")).map(Object::toString)
        : Optional.empty();
  }

  static Person person(
      LoginProvider provider, String subject, Optional<String> name, Optional<String> email) {
    return new Person(
        provider.name(),
        subject,
        name.map(PersonReader::readable).orElse(""),
        email
            .filter(address -> address.length() <= MOST_EMAIL_CHARACTERS)
            .filter(address -> address.chars().noneMatch(Character::isISOControl))
            .orElse(""));
  }

  private static String readable(String name) {
    String text = name.replaceAll("\\p{Cntrl}", " ").strip();
    return text.substring(
        0,
        text.offsetByCodePoints(
            0, Math.min(text.codePointCount(0, text.length()), MOST_CHARACTERS)));
  }

  /**
   * Why a token was refused, for people. What follows "Unexpected …" is taken from the token, so it
   * is not shown.
   */
  static String shown(Exception refusal) {
    String message = String.valueOf(refusal.getMessage());
    String told = message.startsWith("Unexpected") ? message.split(":", 2)[0] : message;
    return LoginFailedException.shown(told, "it is not as it should be");
  }
}
