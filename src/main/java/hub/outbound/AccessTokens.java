package hub.outbound;

/** Gives access tokens of people who logged in; in the registry, when logins are configured. */
public interface AccessTokens {
  /**
   * A token that is valid for some time yet.
   *
   * @param provider as in {@code routes/login/providers.yaml}
   * @param subject the provider's id of the person
   */
  String accessToken(String provider, String subject);
}
