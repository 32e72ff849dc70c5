package hub.identity.login;

import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where a provider is asked what.
 *
 * @param methods how it lets clients show who they are; empty: it does not say
 * @param openId what ID tokens are checked with; empty: there are none
 */
record Endpoints(
    URI authorize,
    URI token,
    Optional<URI> userInfo,
    Optional<URI> revocation,
    List<ClientAuthenticationMethod> methods,
    Optional<OpenId> openId) {

  /** Those that {@code providers.yaml} names itself. */
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
