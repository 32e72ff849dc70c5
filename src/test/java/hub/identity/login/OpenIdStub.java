package hub.identity.login;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** An OpenID provider on a path of a WireMock, whose answers a test sets. */
final class OpenIdStub {
  static final String ACCESS_TOKEN = "the-access-token-that-must-not-be-logged";
  static final String REFRESH_TOKEN = "the-refresh-token-that-must-not-be-logged";

  private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);
  private static final Queue<BigInteger[]> PAIRS = pairs();

  private final WireMockServer server;
  private final String path;
  private final RSAKey key;

  OpenIdStub(WireMockServer server, String name) {
    this.server = server;
    this.path = "/" + name;
    this.key = newKey(name + "-1");
    discovery(Map.of());
    keys(key);
  }

  /** A new key pair from prepared primes, because finding primes takes long. */
  static RSAKey newKey(String id) {
    BigInteger[] primes = nextPrimes();
    BigInteger modulus = primes[0].multiply(primes[1]);
    BigInteger secret =
        EXPONENT.modInverse(
            primes[0].subtract(BigInteger.ONE).multiply(primes[1].subtract(BigInteger.ONE)));
    try {
      KeyFactory factory = KeyFactory.getInstance("RSA");
      return new RSAKey.Builder(
              (RSAPublicKey) factory.generatePublic(new RSAPublicKeySpec(modulus, EXPONENT)))
          .privateKey(
              (RSAPrivateKey)
                  factory.generatePrivate(
                      new RSAPrivateCrtKeySpec(
                          modulus,
                          EXPONENT,
                          secret,
                          primes[0],
                          primes[1],
                          secret.mod(primes[0].subtract(BigInteger.ONE)),
                          secret.mod(primes[1].subtract(BigInteger.ONE)),
                          primes[1].modInverse(primes[0]))))
          .keyID(id)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Two primes that have not been combined before. */
  private static synchronized BigInteger[] nextPrimes() {
    if (PAIRS.isEmpty()) {
      throw new IllegalStateException("all keys are in use; put more primes into primes.txt");
    }
    return PAIRS.remove();
  }

  private static Queue<BigInteger[]> pairs() {
    try (InputStream file = OpenIdStub.class.getResourceAsStream("primes.txt")) {
      List<BigInteger> primes =
          new String(file.readAllBytes(), StandardCharsets.US_ASCII)
              .lines()
              .map(line -> new BigInteger(line, 16))
              .toList();
      Queue<BigInteger[]> pairs = new ArrayDeque<>();
      for (int i = 0; i < primes.size(); i++) {
        for (int j = 0; j < i; j++) {
          pairs.add(new BigInteger[] {primes.get(i), primes.get(j)});
        }
      }
      return pairs;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String issuer() {
    return server.baseUrl() + path;
  }

  String path(String end) {
    return path + end;
  }

  RSAKey key() {
    return key;
  }

  /** Serves the discovery document, with {@code more} in it. */
  void discovery(Map<String, Object> more) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("issuer", issuer());
    document.put("authorization_endpoint", issuer() + "/authorize");
    document.put("token_endpoint", issuer() + "/token");
    document.put("jwks_uri", issuer() + "/keys");
    document.put("response_types_supported", List.of("code"));
    document.put("subject_types_supported", List.of("public"));
    document.put("id_token_signing_alg_values_supported", List.of("RS256", "HS256", "none"));
    document.putAll(more);
    server.stubFor(
        get(path + "/.well-known/openid-configuration").willReturn(okJson(Json.text(document))));
  }

  void keys(RSAKey... keys) {
    server.stubFor(get(path + "/keys").willReturn(okJson(new JWKSet(List.of(keys)).toString())));
  }

  /** The valid claims of an ID token. */
  JWTClaimsSet.Builder claims(String clientId, String nonce) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .subject("ada-1815")
        .audience(clientId)
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(300)))
        .claim("nonce", nonce)
        .claim("name", "Ada")
        .claim("email", "ada@example.com")
        .claim("email_verified", true);
  }

  static String sign(JWTClaimsSet claims, RSAKey key) {
    try {
      SignedJWT token =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
      token.sign(new RSASSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Issues this ID token for any code. */
  void gives(String idToken) {
    token(
        okJson(
            Json.text(
                Map.of(
                    "access_token", ACCESS_TOKEN,
                    "token_type", "Bearer",
                    "expires_in", 3600,
                    "refresh_token", REFRESH_TOKEN,
                    "id_token", idToken))));
  }

  /** Issues a valid ID token for a login that has begun. */
  void welcomes(String clientId, Map<String, String> begun) {
    gives(sign(claims(clientId, begun.get("nonce")).build(), key));
  }

  void token(ResponseDefinitionBuilder answer) {
    server.stubFor(post(path + "/token").willReturn(answer));
  }

  static ResponseDefinitionBuilder json(int status, String body) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "application/json")
        .withBody(body);
  }
}
