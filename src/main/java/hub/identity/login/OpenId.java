package hub.identity.login;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.claims.AccessTokenHash;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.InvalidHashException;
import java.util.Optional;
import java.util.Set;

/**
 * What a provider's ID tokens are checked with. Thread-safe.
 *
 * @param issuer who must have signed them
 * @param template of the issuers of many tenants, of which the token's own must have signed it;
 *     empty: {@code issuer} alone
 * @param keys the provider's, fetched when needed
 * @param algorithms that the provider signs with, public keys alone: a secret that both sides know
 *     would let whoever has the public key sign with it
 * @param namesItself whether the provider puts {@code iss} beside every code (RFC 9207)
 */
record OpenId(
    Issuer issuer,
    Optional<IssuerTemplate> template,
    JWKSource<SecurityContext> keys,
    Set<JWSAlgorithm> algorithms,
    boolean namesItself) {
  /** The two clocks may be this far apart. */
  private static final int SKEW_SECONDS = 60;

  /**
   * The token's claims, once signature, issuer, audience, times, nonce and the hash of the access
   * token, where there is one, are right.
   *
   * @param nonce empty: the provider puts none into its tokens
   * @throws BadJOSEException when the token must not be believed
   * @throws JOSEException when that cannot be found out
   * @throws InvalidHashException when it is for another access token
   */
  IDTokenClaimsSet verify(
      JWT idToken, String clientId, Optional<String> nonce, AccessToken accessToken)
      throws BadJOSEException, JOSEException, InvalidHashException {
    Issuer expected = issuer;
    if (template.isPresent()) {
      expected =
          template
              .get()
              .issuerOf(idToken)
              .map(Issuer::new)
              .orElseThrow(() -> new BadJWTException("Its tid is no tenant's GUID"));
    }
    IDTokenValidator validator =
        new IDTokenValidator(
            expected,
            new ClientID(clientId),
            new JWSVerificationKeySelector<>(algorithms, keys),
            null);
    validator.setMaxClockSkew(SKEW_SECONDS);
    IDTokenClaimsSet claims = validator.validate(idToken, nonce.map(Nonce::new).orElse(null));
    if (claims.getAudience().size() > 1 && claims.getAuthorizedParty() == null) {
      throw new BadJWTException("Several audiences and no authorized party (azp)");
    }
    AccessTokenHash hash = claims.getAccessTokenHash();
    if (hash != null) {
      AccessTokenValidator.validate(
          accessToken, JWSAlgorithm.parse(idToken.getHeader().getAlgorithm().getName()), hash);
    }
    return claims;
  }
}
