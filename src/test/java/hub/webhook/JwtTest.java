package hub.webhook;

import static hub.testing.Jwt.base64;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import hub.config.Settings;
import hub.testing.Jwt;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.WebhookRejectedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which JSON Web Tokens prove their sender. */
class JwtTest {
  private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
  private static final long SECONDS = NOW.getEpochSecond();
  private static final String SECRET = "a secret of thirty-two characters";

  private static final KeyPair RSA = Jwt.keys("RSA", 2048);
  private static final KeyPair OTHER_RSA = Jwt.keys("RSA", 2048);
  private static final KeyPair SHORT_RSA = Jwt.keys("RSA", 1024);
  private static final KeyPair EC = Jwt.keys("EC", 256);
  private static final KeyPair LONG_EC = Jwt.keys("EC", 384);

  private static final String KEYS =
      new JWKSet(
              List.of(
                  rsa(RSA, "r1"),
                  rsa(SHORT_RSA, "short"),
                  ec(EC, Curve.P_256, "e1"),
                  ec(LONG_EC, Curve.P_384, "long")))
          .toString();

  private static final String CLAIMS = claims("\"exp\":" + (SECONDS + 300));
  private static final String RS256 = "{\"alg\":\"RS256\",\"kid\":\"r1\"}";
  private static final String ES256 = "{\"alg\":\"ES256\",\"kid\":\"e1\"}";
  private static final String HS256 = "{\"alg\":\"HS256\"}";
  private static final String NONE = "{\"alg\":\"none\"}";

  @TempDir private static Path routes;
  private static Schemes schemes;

  private static RSAKey rsa(KeyPair pair, String kid) {
    return new RSAKey.Builder((RSAPublicKey) pair.getPublic()).keyID(kid).build();
  }

  private static ECKey ec(KeyPair pair, Curve curve, String kid) {
    return new ECKey.Builder(curve, (ECPublicKey) pair.getPublic()).keyID(kid).build();
  }

  private static String claims(String more) {
    return "{\"iss\":\"https://acme.example\",\"aud\":[\"hub\",\"other\"]," + more + "}";
  }

  @BeforeAll
  static void write() throws IOException {
    Files.createDirectories(routes.resolve("schemes"));
    for (String algorithm : List.of("rs256", "es256", "hs256")) {
      Files.writeString(
          routes.resolve("schemes/" + algorithm + SchemeFiles.SUFFIX),
          """
          title: Acme
          verify: jwt
          algorithm: %s
          signature: {in: header:Authorization, prefix: "Bearer "}
          %s
          claims: {iss: "https://acme.example", aud: hub}
          event: {id: $.id}
          """
              .formatted(
                  algorithm,
                  algorithm.equals("hs256")
                      ? "secret: {variable: ACME_SECRET}"
                      : "keys: {url: \"https://acme.example/keys\"}"));
    }
    schemes = new Schemes(SchemeFiles.of(routes));
  }

  private static SignatureVerifier verifier(String scheme) {
    Clock clock = SchemeVector.fixed(NOW);
    KeyCache keys = new KeyCache(address -> KEYS.getBytes(StandardCharsets.UTF_8), clock);
    Settings settings = new Settings(name -> Optional.empty());
    List<String> secrets = scheme.equals("hs256") ? List.of(SECRET) : List.of();
    return schemes.of(
        SchemeOptions.of(scheme), secrets, 16, new HubSchemeTools(clock, settings, keys));
  }

  private static Optional<RejectionReason> reason(String scheme, String... authorizations) {
    Map<String, List<String>> headers = Map.of("Authorization", List.of(authorizations));
    try {
      assertThat(verifier(scheme).verify(new SignedRequest(headers::get, new byte[0])).secretId())
          .isNotEmpty();
      return Optional.empty();
    } catch (WebhookRejectedException e) {
      return Optional.of(e.reason());
    }
  }

  private static UnaryOperator<byte[]> rs256() {
    return Jwt.by(RSA.getPrivate(), Jwt.RS256);
  }

  private static UnaryOperator<byte[]> es256() {
    return Jwt.by(EC.getPrivate(), Jwt.ES256);
  }

  private static UnaryOperator<byte[]> hs256() {
    return Jwt.bySecret(SECRET.getBytes(StandardCharsets.UTF_8));
  }

  private static Arguments row(
      String scheme, String what, String head, String claims, UnaryOperator<byte[]> signer) {
    return Arguments.of(scheme, what, Jwt.of(head, claims, signer));
  }

  private static Arguments rs256(String what, String head) {
    return row("rs256", what, head, CLAIMS, rs256());
  }

  static Stream<Arguments> genuine() {
    return Stream.of(
        rs256("usual", RS256),
        rs256("without kid", "{\"typ\":\"JWT\",\"alg\":\"RS256\"}"),
        row("rs256", "ends in a second", RS256, claims("\"exp\":" + (SECONDS + 1)), rs256()),
        row("rs256", "no end, issued now", RS256, claims("\"iat\":" + SECONDS), rs256()),
        row("rs256", "a fraction", RS256, claims("\"exp\":" + SECONDS + "1.5"), rs256()),
        row(
            "rs256",
            "clock ahead",
            RS256,
            claims("\"exp\":9e9,\"nbf\":" + (SECONDS + 30)),
            rs256()),
        row("es256", "usual", ES256, CLAIMS, es256()),
        row("hs256", "usual", HS256, CLAIMS, hs256()),
        row("hs256", "with a kid", "{\"alg\":\"HS256\",\"kid\":\"any\"}", CLAIMS, hs256()));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("genuine")
  void a_genuine_token_is_believed(String scheme, String what, String token) {
    assertThat(reason(scheme, "Bearer " + token)).isEmpty();
    assertThat(reason(scheme, "bearer  " + token)).as("RFC 9110 ignores its case").isEmpty();
  }

  static Stream<Arguments> mismatches() {
    byte[] modulus = ((RSAPublicKey) RSA.getPublic()).getModulus().toByteArray();
    byte[] der = RSA.getPublic().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n";
    String foreign = rsa(OTHER_RSA, "r1").toJSONString();
    UnaryOperator<byte[]> byOther = Jwt.by(OTHER_RSA.getPrivate(), Jwt.RS256);
    return Stream.of(
        row("rs256", "none", NONE, CLAIMS, bytes -> new byte[0]),
        row("rs256", "none, signed", NONE, CLAIMS, rs256()),
        row("rs256", "None", "{\"alg\":\"None\"}", CLAIMS, bytes -> new byte[0]),
        row("rs256", "not signed", RS256, CLAIMS, bytes -> new byte[0]),
        row(
            "rs256",
            "hs256 by pem",
            HS256,
            CLAIMS,
            Jwt.bySecret(pem.getBytes(StandardCharsets.UTF_8))),
        row(
            "rs256",
            "hs256 by pem, stripped",
            HS256,
            CLAIMS,
            Jwt.bySecret(pem.strip().getBytes(StandardCharsets.UTF_8))),
        row("rs256", "hs256 by der", HS256, CLAIMS, Jwt.bySecret(der)),
        row("rs256", "hs256 by modulus", HS256, CLAIMS, Jwt.bySecret(modulus)),
        row("rs256", "hmac under rs256", RS256, CLAIMS, Jwt.bySecret(der)),
        row("rs256", "es256", ES256, CLAIMS, es256()),
        row("rs256", "es256 under rs256", "{\"alg\":\"RS256\"}", CLAIMS, es256()),
        row(
            "rs256",
            "rs512",
            "{\"alg\":\"RS512\"}",
            CLAIMS,
            Jwt.by(RSA.getPrivate(), "SHA512withRSA")),
        row("rs256", "rs512 under rs256", RS256, CLAIMS, Jwt.by(RSA.getPrivate(), "SHA512withRSA")),
        row("rs256", "rs1 under rs256", RS256, CLAIMS, Jwt.by(RSA.getPrivate(), "SHA1withRSA")),
        row(
            "rs256",
            "short key",
            "{\"alg\":\"RS256\",\"kid\":\"short\"}",
            CLAIMS,
            Jwt.by(SHORT_RSA.getPrivate(), Jwt.RS256)),
        rs256("alg in small letters", "{\"alg\":\"rs256\"}"),
        rs256("alg in a list", "{\"alg\":[\"RS256\"]}".replace("]", ",\"none\"]")),
        rs256("alg as an object", "{\"alg\":{\"x\":\"RS256\"}}"),
        rs256("alg null", "{\"alg\":null}"),
        rs256("no alg", "{\"typ\":\"JWT\"}"),
        rs256("another's kid", "{\"alg\":\"RS256\",\"kid\":\"e1\"}"),
        rs256("unknown kid", "{\"alg\":\"RS256\",\"kid\":\"../../dev/null\"}"),
        row("rs256", "another key", RS256, CLAIMS, byOther),
        row("rs256", "own jwk", "{\"alg\":\"RS256\",\"jwk\":" + foreign + "}", CLAIMS, byOther),
        row(
            "rs256",
            "own jku",
            "{\"alg\":\"RS256\",\"jku\":\"https://evil.example/keys\"}",
            CLAIMS,
            byOther),
        row(
            "rs256",
            "own x5u",
            "{\"alg\":\"RS256\",\"x5u\":\"https://evil.example/keys\"}",
            CLAIMS,
            byOther),
        row("rs256", "another iss", RS256, CLAIMS.replace("acme", "evil"), rs256()),
        row(
            "rs256",
            "longer iss",
            RS256,
            CLAIMS.replace("acme.example", "acme.example.evil.example"),
            rs256()),
        row("rs256", "another aud", RS256, CLAIMS.replace("\"hub\"", "\"hub2\""), rs256()),
        row("rs256", "no aud", RS256, CLAIMS.replace("aud", "auds"), rs256()),
        row(
            "rs256",
            "aud deeper",
            RS256,
            CLAIMS.replace("[\"hub\",\"other\"]", "{\"hub\":\"hub\"}"),
            rs256()),
        row("es256", "none", NONE, CLAIMS, bytes -> new byte[64]),
        row("es256", "zeros", ES256, CLAIMS, bytes -> new byte[64]),
        row("es256", "der", ES256, CLAIMS, Jwt.by(EC.getPrivate(), "SHA256withECDSA")),
        row(
            "es256",
            "p-384",
            "{\"alg\":\"ES256\",\"kid\":\"long\"}",
            CLAIMS,
            Jwt.by(LONG_EC.getPrivate(), Jwt.ES256)),
        row(
            "es256",
            "es384",
            "{\"alg\":\"ES384\"}",
            CLAIMS,
            Jwt.by(LONG_EC.getPrivate(), "SHA384withECDSAinP1363Format")),
        row("es256", "rs256", RS256, CLAIMS, rs256()),
        row("es256", "rs256 under es256", "{\"alg\":\"ES256\"}", CLAIMS, rs256()),
        row("es256", "hs256 by key", HS256, CLAIMS, Jwt.bySecret(EC.getPublic().getEncoded())),
        row("hs256", "none", NONE, CLAIMS, bytes -> new byte[0]),
        row("hs256", "not signed", HS256, CLAIMS, bytes -> new byte[0]),
        row(
            "hs256",
            "another secret",
            HS256,
            CLAIMS,
            Jwt.bySecret("another".getBytes(StandardCharsets.UTF_8))),
        row(
            "hs256",
            "truncated",
            HS256,
            CLAIMS,
            bytes -> java.util.Arrays.copyOf(hs256().apply(bytes), 31)),
        row("hs256", "rs256", RS256, CLAIMS, rs256()));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("mismatches")
  void a_token_of_somebody_else_is_not(String scheme, String what, String token) {
    assertThat(reason(scheme, "Bearer " + token)).hasValue(RejectionReason.SIGNATURE_MISMATCH);
  }

  static Stream<Arguments> malformed() {
    String token = Jwt.of(RS256, CLAIMS, rs256());
    String[] parts = token.split("\\.", -1);
    String padded = Jwt.of(RS256 + " ", CLAIMS, rs256());
    return Stream.of(
        Arguments.of("nothing", "."),
        Arguments.of("two parts", parts[0] + "." + parts[1]),
        Arguments.of("four parts", token + ".e30"),
        Arguments.of("an end", token + "."),
        Arguments.of("a beginning", "." + token),
        Arguments.of("five parts", parts[0] + ".e30.e30.e30.e30"),
        Arguments.of("padding of the signature", token + "=="),
        Arguments.of("padding of the head", padded.replaceFirst("\\.", "=.")),
        Arguments.of("other base64", parts[0] + "." + parts[1] + ".+/+/"),
        Arguments.of("a space within", parts[0] + ". " + parts[1] + "." + parts[2]),
        Arguments.of("another token behind", token + " " + token),
        Arguments.of("another token with a comma", token + "," + token),
        Arguments.of(
            "too long", Jwt.of(RS256, claims("\"a\":\"" + "a".repeat(16_000) + "\""), rs256())),
        Arguments.of("dots", ".".repeat(1 << 20)),
        Arguments.of("two algs", Jwt.of("{\"alg\":\"none\",\"alg\":\"RS256\"}", CLAIMS, rs256())),
        Arguments.of("two iss", Jwt.of(RS256, claims("\"iss\":\"x\",\"exp\":9e9"), rs256())),
        Arguments.of(
            "crit", Jwt.of("{\"alg\":\"RS256\",\"crit\":[\"exp\"],\"exp\":1}", CLAIMS, rs256())),
        Arguments.of("crit of nothing", Jwt.of("{\"alg\":\"RS256\",\"crit\":[]}", CLAIMS, rs256())),
        Arguments.of(
            "not encoded",
            Jwt.of("{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}", CLAIMS, rs256())),
        Arguments.of("head is no object", Jwt.of("[\"RS256\"]", CLAIMS, rs256())),
        Arguments.of("head is no JSON", Jwt.of("alg=RS256", CLAIMS, rs256())),
        Arguments.of("more than a head", Jwt.of(RS256 + "{}", CLAIMS, rs256())),
        Arguments.of("claims are no object", Jwt.of(RS256, "\"iss\"", rs256())),
        Arguments.of(
            "head is no UTF-8",
            base64(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}) + ".e30." + parts[2]),
        Arguments.of("deep", Jwt.of("{\"a\":" + "[".repeat(3_000), "{}", rs256())),
        Arguments.of("good for ever", Jwt.of(RS256, claims("\"a\":1"), rs256())),
        Arguments.of("exp is NaN", Jwt.of(RS256, claims("\"exp\":\"NaN\""), rs256())),
        Arguments.of("exp is infinite", Jwt.of(RS256, claims("\"exp\":\"Infinity\""), rs256())),
        Arguments.of("exp is huge", Jwt.of(RS256, claims("\"exp\":1e400"), rs256())),
        Arguments.of("exp is a boolean", Jwt.of(RS256, claims("\"exp\":true"), rs256())));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void what_is_no_token_is_malformed(String what, String token) {
    assertThat(reason("rs256", "Bearer " + token)).hasValue(RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void a_token_counts_in_its_time() {
    assertThat(reason("rs256", "Bearer " + timed("\"exp\":" + SECONDS)))
        .hasValue(RejectionReason.TIMESTAMP_TOO_OLD);
    assertThat(reason("rs256", "Bearer " + timed("\"iat\":" + (SECONDS - 301))))
        .hasValue(RejectionReason.TIMESTAMP_TOO_OLD);
    assertThat(reason("rs256", "Bearer " + timed("\"exp\":9e9,\"nbf\":" + (SECONDS + 31))))
        .hasValue(RejectionReason.TIMESTAMP_IN_FUTURE);
    assertThat(reason("rs256", "Bearer " + timed("\"iat\":" + (SECONDS + 301))))
        .hasValue(RejectionReason.TIMESTAMP_IN_FUTURE);
  }

  private static String timed(String claims) {
    return Jwt.of(RS256, claims(claims), rs256());
  }

  @Test
  void the_header_is_there_once_with_its_prefix() {
    String token = Jwt.of(RS256, CLAIMS, rs256());

    assertThat(reason("rs256")).hasValue(RejectionReason.SIGNATURE_MISSING);
    assertThat(reason("rs256", " ")).hasValue(RejectionReason.SIGNATURE_MISSING);
    assertThat(reason("rs256", "Bearer " + token, "Bearer " + token))
        .hasValue(RejectionReason.SIGNATURE_MALFORMED);
    assertThat(reason("rs256", token)).hasValue(RejectionReason.SIGNATURE_MALFORMED);
    assertThat(reason("rs256", "Basic " + token)).hasValue(RejectionReason.SIGNATURE_MALFORMED);
  }

  @Test
  void a_changed_letter_anywhere_is_noticed() {
    String token = Jwt.of(RS256, CLAIMS, rs256());
    // The last letter has bits that stand for nothing.
    for (int i = 0; i < token.length() - 1; i++) {
      if (token.charAt(i) != '.') {
        String changed =
            token.substring(0, i) + (token.charAt(i) == 'A' ? 'B' : 'A') + token.substring(i + 1);
        assertThat(reason("rs256", "Bearer " + changed))
            .as(changed)
            .hasValueSatisfying(
                reason ->
                    assertThat(reason)
                        .isIn(
                            RejectionReason.SIGNATURE_MISMATCH,
                            RejectionReason.SIGNATURE_MALFORMED));
      }
    }
  }
}
