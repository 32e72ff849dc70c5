package hub.webhook.verify;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Jwt;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which key confirms what. */
class PublicKeyAlgorithmsTest {
  private static final byte[] CONTENT = "what is signed".getBytes(StandardCharsets.UTF_8);

  private static final Map<String, KeyPair> KEYS =
      Map.of(
          "RSA 512", Jwt.keys("RSA", 512),
          "RSA 1024", Jwt.keys("RSA", 1024),
          "RSA 2048", Jwt.keys("RSA", 2048),
          "P-256", Jwt.keys("EC", 256),
          "P-384", Jwt.keys("EC", 384),
          "Ed25519", Jwt.keys("Ed25519", 0),
          "Ed448", Jwt.keys("Ed448", 0));

  /** Each algorithm with the keys that fit. */
  private static final Map<String, List<String>> FITTING =
      Map.of(
          "ed25519", List.of("Ed25519"),
          "ecdsa-p256-sha256", List.of("P-256"),
          "es256", List.of("P-256"),
          "rsa-sha1", List.of("RSA 1024", "RSA 2048"),
          "rsa-sha256", List.of("RSA 1024", "RSA 2048"),
          "rs256", List.of("RSA 2048"));

  static Stream<Arguments> pairs() {
    return FITTING.keySet().stream()
        .flatMap(algorithm -> KEYS.keySet().stream().map(key -> Arguments.of(algorithm, key)));
  }

  private static VerificationKey key(String name) {
    return VerificationKey.of(KEYS.get(name).getPublic());
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void an_algorithm_takes_keys_of_its_own_kind_alone(String algorithm, String key) {
    assertThat(PublicKeys.fits(KEYS.get(key).getPublic(), algorithm))
        .isEqualTo(FITTING.get(algorithm).contains(key));
    assertThat(PublicKeyVerifier.confirms(key(key), algorithm, CONTENT, new byte[64])).isFalse();
  }

  static Stream<Arguments> fitting() {
    return pairs().filter(pair -> FITTING.get(pair.get()[0]).contains(pair.get()[1]));
  }

  @ParameterizedTest
  @MethodSource("fitting")
  void bytes_that_are_no_signature_are_refused_without_a_failure(String algorithm, String key) {
    byte[] genuine =
        Jwt.by(KEYS.get(key).getPrivate(), PublicKeyVerifier.jdkName(algorithm)).apply(CONTENT);
    assertThat(PublicKeyVerifier.confirms(key(key), algorithm, CONTENT, genuine)).isTrue();

    Random random = new Random(20261130);
    for (int length = 0; length < 300; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      assertRefused(algorithm, key, bytes);
      assertRefused(algorithm, key, Arrays.copyOf(genuine, length == genuine.length ? 0 : length));
    }
    for (int i = 0; i < genuine.length; i++) {
      byte[] changed = genuine.clone();
      changed[i] ^= (byte) (1 << random.nextInt(8));
      assertRefused(algorithm, key, changed);
    }
  }

  /** Of such signatures some versions of Java believed every content (CVE-2022-21449). */
  @ParameterizedTest
  @MethodSource("fitting")
  void signatures_of_zeros_are_refused(String algorithm, String key) {
    for (int length : new int[] {1, 2, 32, 64, 128, 256}) {
      assertRefused(algorithm, key, new byte[length]);
    }
    assertRefused(algorithm, key, HexFormat.of().parseHex("3006020100020100"));
    assertRefused(algorithm, key, HexFormat.of().parseHex("3006020101020100"));
  }

  private static void assertRefused(String algorithm, String key, byte[] written) {
    assertThat(PublicKeyVerifier.confirms(key(key), algorithm, CONTENT, written))
        .as(HexFormat.of().formatHex(written))
        .isFalse();
  }
}
