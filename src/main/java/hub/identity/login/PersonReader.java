package hub.identity.login;

import hub.identity.session.Person;
import java.util.Map;
import java.util.Optional;

/** Reads a person from a provider's claims. */
final class PersonReader {
  /** Width of the database columns. */
  private static final int MAX_LENGTH = 255;

  private static final int MAX_EMAIL_LENGTH = 320;

  private PersonReader() {}

  /**
   * The person's id at the provider. If it is unique within an organisation only, the
   * organisation's id is prefixed.
   *
   * @throws LoginFailedException when the claims do not contain it
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

  /**
   * Whether it fits into the database; it must not be shortened, because it identifies the person.
   */
  private static boolean isSubject(String text) {
    return text.length() <= MAX_LENGTH && text.chars().noneMatch(Character::isISOControl);
  }

  /**
   * The address at the paths of {@code providers.yaml}; otherwise {@code email} if {@code
   * email_verified} is true.
   */
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
            .filter(address -> address.length() <= MAX_EMAIL_LENGTH)
            .filter(address -> address.chars().noneMatch(Character::isISOControl))
            .orElse(""));
  }

  private static String readable(String name) {
    String text = name.replaceAll("\\p{Cntrl}", " ").strip();
    return text.substring(
        0, text.offsetByCodePoints(0, Math.min(text.codePointCount(0, text.length()), MAX_LENGTH)));
  }

  /**
   * The reason for the refusal of a token, for people. The text after "Unexpected …" is taken from
   * the token, so it is not shown.
   */
  static String shown(Exception refusal) {
    String message = String.valueOf(refusal.getMessage());
    String plain = message.startsWith("Unexpected") ? message.split(":", 2)[0] : message;
    return LoginFailedException.shown(plain, "it is not as it should be");
  }
}
