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
 * Verifies the ID tokens of a provider. Thread-safe.
 *
 * @param issuer the expected issuer
 * @param template the issuers of a multi-tenant provider; empty: {@code issuer} only
 * @param keys the provider's public keys, fetched when needed
 * @param algorithms the provider's signature algorithms, asymmetric only: with HMAC allowed, a
 *     public key could be used as the shared secret
 * @param namesItself whether the provider sends {@code iss} with every code (RFC 9207)
 */
record OpenId(
    Issuer issuer,
    Optional<IssuerTemplate> template,
    JWKSource<SecurityContext> keys,
    Set<JWSAlgorithm> algorithms,
    boolean namesItself) {
  /** Allowed difference between the clocks of hub and provider. */
  private static final int SKEW_SECONDS = 60;

  /**
   * Verifies signature, issuer, audience, times, nonce and, if present, the hash of the access
   * token, and returns the claims.
   *
   * @param nonce the expected nonce; empty: the provider's tokens have none
   * @throws BadJOSEException when the token is invalid
   * @throws JOSEException when it cannot be verified, for instance without keys
   * @throws InvalidHashException when it belongs to another access token
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
