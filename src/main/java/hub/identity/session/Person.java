package hub.identity.session;

/**
 * A person who logged in.
 *
 * @param provider the login provider, as in {@code routes/login/providers.yaml}; {@code key} for
 *     the holder of the operators' key
 * @param subject the person's id at the provider, which never changes
 * @param name for display; empty when the provider gave none
 * @param email an e-mail address that the provider has verified; empty when there is none
 */
public record Person(String provider, String subject, String name, String email) {}
