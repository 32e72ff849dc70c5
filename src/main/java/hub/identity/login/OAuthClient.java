package hub.identity.login;

import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.Token;
import java.net.URI;
import java.util.Optional;

/**
 * The hub as an OAuth client of a provider: makes requests with the provider's client
 * authentication.
 */
final class OAuthClient {
  private final ClientID id;
  private final Optional<ClientAuthentication> authentication;

  OAuthClient(LoginProvider provider, Endpoints endpoints) {
    this.id = new ClientID(provider.clientId());
    this.authentication =
        provider
            .clientSecret()
            .map(secret -> authentication(id, new Secret(secret), provider, endpoints));
  }

  /** The method in providers.yaml; otherwise basic, unless discovery lists post only. */
  private static ClientAuthentication authentication(
      ClientID id, Secret secret, LoginProvider provider, Endpoints endpoints) {
    boolean postOnly =
        provider
            .clientAuth()
            .map(ClientAuthenticationMethod.CLIENT_SECRET_POST::equals)
            .orElseGet(
                () ->
                    endpoints.methods().contains(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                        && !endpoints
                            .methods()
                            .contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC));
    return postOnly ? new ClientSecretPost(id, secret) : new ClientSecretBasic(id, secret);
  }

  HTTPRequest token(URI endpoint, AuthorizationGrant grant) {
    return authentication
        .map(proof -> new TokenRequest.Builder(endpoint, proof, grant))
        .orElseGet(() -> new TokenRequest.Builder(endpoint, id, grant))
        .build()
        .toHTTPRequest();
  }

  HTTPRequest revocation(URI endpoint, Token token) {
    return authentication
        .map(proof -> new TokenRevocationRequest(endpoint, proof, token))
        .orElseGet(() -> new TokenRevocationRequest(endpoint, id, token))
        .toHTTPRequest();
  }
}
