package hub.identity.session;

/**
 * Somebody who logged in.
 *
 * @param provider who vouches for the person, as in {@code routes/login/providers.yaml}; {@code
 *     key} for the holder of a key
 * @param subject the provider's id of the person, which never changes
 * @param name for people to read; empty when the provider told none
 * @param email an address that the provider has verified; empty when there is none
 */
public record Person(String provider, String subject, String name, String email) {}
