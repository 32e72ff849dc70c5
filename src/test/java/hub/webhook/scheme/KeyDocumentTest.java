package hub.webhook.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import hub.testing.Certificate;
import hub.testing.Jwt;
import hub.webhook.verify.VerificationKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read of the documents with public keys. */
class KeyDocumentTest {
  private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
  private static final KeyPair RSA = Jwt.keys("RSA", 2048);
  private static final KeyPair EC = Jwt.keys("EC", 256);
  private static final KeyPair ED = Jwt.keys("Ed25519", 0);

  private static RSAKey.Builder rsa(String kid) {
    return new RSAKey.Builder((RSAPublicKey) RSA.getPublic()).keyID(kid);
  }

  private static String set(String... keys) {
    return "{\"keys\":[" + String.join(",", keys) + "]}";
  }

  private static String pem(String type, byte[] bytes) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
        + "\n-----END "
        + type
        + "-----\n";
  }

  private static KeyDocument parse(String text) throws IOException {
    return KeyDocument.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_set_is_read_as_far_as_it_holds_keys_for_signatures() throws IOException {
    String ed =
        new OctetKeyPair.Builder(
                Curve.Ed25519,
                Base64URL.encode(
                    Arrays.copyOfRange(
                        ED.getPublic().getEncoded(), 12, ED.getPublic().getEncoded().length)))
            .keyID("ed")
            .build()
            .toJSONString();
    KeyDocument document =
        parse(
            set(
                "{\"kty\":\"AKP\",\"kid\":\"unknown kind\",\"alg\":\"ML-DSA-44\",\"pub\":\"AA\"}",
                "{\"kty\":\"oct\",\"kid\":\"secret\",\"k\":\"AAAA\"}",
                "{\"kty\":\"RSA\",\"kid\":\"broken\",\"n\":\"!\",\"e\":\"AQAB\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"not on its curve\",\"x\":\"AQ\",\"y\":\"AQ\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-999\",\"kid\":\"unknown curve\",\"x\":\"AQ\",\"y\":\"AQ\"}",
                "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"exchange\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
                "\"text\"",
                "null",
                "{}",
                rsa("encryption").keyUse(KeyUse.ENCRYPTION).build().toJSONString(),
                rsa("wrapping").algorithm(JWEAlgorithm.RSA_OAEP_256).build().toJSONString(),
                rsa("operation").build().toJSONString().replace("}", ",\"key_ops\":[\"encrypt\"]}"),
                rsa("r1")
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.RS256)
                    .build()
                    .toJSONString(),
                new ECKey.Builder(Curve.P_256, (ECPublicKey) EC.getPublic()).build().toJSONString(),
                ed));

    assertThat(document.keysAt(NOW))
        .extracting(VerificationKey::kid)
        .containsExactly("r1", "", "ed");
    assertThat(document.keysAt(NOW))
        .extracting(VerificationKey::key)
        .containsExactly(RSA.getPublic(), EC.getPublic(), ED.getPublic());
  }

  @Test
  void a_private_key_of_a_careless_sender_counts_as_its_public_one()
      throws IOException, JOSEException {
    String careless =
        new RSAKey.Builder((RSAPublicKey) RSA.getPublic())
            .privateKey(RSA.getPrivate())
            .build()
            .toJSONString();

    assertThat(parse(set(careless)).keysAt(NOW))
        .extracting(VerificationKey::key)
        .containsExactly(RSA.getPublic());
  }

  @Test
  void a_pem_of_a_public_key_is_read() throws IOException {
    assertThat(parse(pem("PUBLIC KEY", EC.getPublic().getEncoded())).keysAt(NOW))
        .extracting(VerificationKey::key)
        .containsExactly(EC.getPublic());
  }

  @Test
  void a_certificate_counts_within_its_dates_and_is_the_first_of_its_chain() throws Exception {
    X509Certificate own = Certificate.of("acme.example").certificate();
    X509Certificate issuer = Certificate.of("issuer.example").certificate();
    Instant end = own.getNotAfter().toInstant();

    KeyDocument document =
        parse(pem("CERTIFICATE", own.getEncoded()) + pem("CERTIFICATE", issuer.getEncoded()));

    assertThat(document.keysAt(end))
        .extracting(VerificationKey::key)
        .containsExactly(own.getPublicKey());
    assertThat(document.keysAt(end.plusSeconds(1))).isEmpty();
    assertThat(document.keysAt(own.getNotBefore().toInstant().minusSeconds(1))).isEmpty();
  }

  static Stream<Arguments> others() {
    String key = rsa("k").build().toJSONString();
    return Stream.of(
        Arguments.of("", "neither"),
        Arguments.of("<html>Not found</html>", "neither"),
        Arguments.of(
            "<Error>" + pem("PUBLIC KEY", RSA.getPublic().getEncoded()) + "</Error>", "neither"),
        Arguments.of(Base64.getEncoder().encodeToString(RSA.getPublic().getEncoded()), "neither"),
        Arguments.of("[" + key + "]", "neither"),
        Arguments.of(key, "no JSON Web Key Set"),
        Arguments.of("{\"keys\":{}}", "no JSON Web Key Set"),
        Arguments.of("{\"keys\":[" + key + "]", "no JSON Web Key Set"),
        Arguments.of("{\"keys\":[],\"keys\":[" + key + "]}", "no JSON Web Key Set"),
        Arguments.of("{\"keys\":[]}", "no public key"),
        Arguments.of(
            set(rsa("e").keyUse(KeyUse.ENCRYPTION).build().toJSONString()), "no public key"),
        Arguments.of(set(Collections.nCopies(51, key).toArray(String[]::new)), "more than 50 keys"),
        Arguments.of(pem("PRIVATE KEY", RSA.getPrivate().getEncoded()), "no public key"),
        Arguments.of(pem("PUBLIC KEY", new byte[40]), "no public key"),
        Arguments.of(pem("CERTIFICATE", new byte[40]), "cannot be read"),
        Arguments.of("-----BEGIN CERTIFICATE-----", "cannot be read"),
        Arguments.of(
            "{\"keys\":" + Stream.generate(() -> "[").limit(30_000).collect(Collectors.joining()),
            "no JSON Web Key Set"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void another_document_is_refused_with_its_fault(String text, String fault) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(fault);
  }

  @Test
  void bytes_that_are_no_text_are_refused() {
    for (byte[] bytes : List.of(new byte[64 * 1024], RSA.getPublic().getEncoded())) {
      assertThatThrownBy(() -> KeyDocument.parse(bytes)).isInstanceOf(IOException.class);
    }
  }
}
