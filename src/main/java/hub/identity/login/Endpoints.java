package hub.identity.login;

import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints of a provider.
 *
 * @param methods the client authentication methods that it supports; empty: unknown
 * @param openId verifies ID tokens; empty: the provider issues none
 */
record Endpoints(
    URI authorize,
    URI token,
    Optional<URI> userInfo,
    Optional<URI> revocation,
    List<ClientAuthenticationMethod> methods,
    Optional<OpenId> openId) {

  /** The endpoints in {@code providers.yaml}. */
  static Endpoints of(LoginProvider provider) {
    return new Endpoints(
        provider.authorizeUrl().orElseThrow(),
        provider.tokenUrl().orElseThrow(),
        provider.userInfoUrl(),
        provider.revocationUrl(),
        List.of(),
        Optional.empty());
  }
}
