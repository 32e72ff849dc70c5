package hub.webhook.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.util.Sha256;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSecretsTest {
  private static final String SECRET = "0123456789abcdef";

  private static final String KEY = Sender.base64(new byte[32]);

  @Test
  void a_list_is_split_at_commas_and_trimmed() {
    assertThat(Shipped.SCHEMES.split("hmac", " a ,b\t,c=+&;d\n"))
        .containsExactly("a", "b", "c=+&;d");
    assertThat(Shipped.SCHEMES.split("hmac", null)).isEmpty();
    assertThat(Shipped.SCHEMES.split("hmac", "")).isEmpty();
    assertThat(Shipped.SCHEMES.split("hmac", " ")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "a,,b", "a,", ",a", " , "})
  void an_empty_member_is_a_fault_and_not_passed_over(String list) {
    assertThatThrownBy(() -> of("hmac", list.replace("a", SECRET).replace("b", SECRET)))
        .hasMessageContaining("is empty; remove it with its comma");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v1,whsec_KEY",
        " v1, whsec_KEY\n",
        "v1,whsec_KEY,v1,whsec_KEY",
        "v1,whsec_KEY|v1,whsec_KEY",
        "whsec_KEY,v1,whsec_KEY",
      })
  void a_standard_webhooks_secret_with_its_version_is_one_secret(String list) {
    assertThat(Shipped.SCHEMES.split("standard-webhooks", list.replace("KEY", KEY)))
        .hasSize(list.split("KEY").length - (list.endsWith("\n") ? 1 : 0))
        .containsOnly("whsec_" + KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v1,", "v1,v1,whsec_KEY", "v1,KEY", "v1 whsec_KEY", "v1a,whpk_KEY"})
  void what_is_left_of_a_secret_is_never_taken_for_one(String list) {
    assertThatThrownBy(() -> of("standard-webhooks", list.replace("KEY", KEY)))
        .hasMessageStartingWith("secrets: number 1 of ")
        .hasMessageNotContaining(KEY);
    assertThatThrownBy(() -> of("hmac", "v1,whsec_" + KEY))
        .hasMessage(
            "secrets: number 1 of 2 has 2 bytes, fewer than the 16 of hub.secrets.min-bytes;"
                + " agree on a longer one with the sender, such as 'openssl rand -base64 24' makes,"
                + " or copy the sender's whole");
  }

  @ParameterizedTest
  @CsvSource({
    "stripe, whsec_123456789",
    "github, 123456789012345",
    "slack, äöüäöüä",
    "shopify, hush",
    "hmac, 1",
    "bearer, t0ken",
    "basic, a-long-name-of-a-user:geheim",
    "basic, a-long-name-of-a-user:",
  })
  void a_secret_that_can_be_guessed_is_a_fault_told_by_its_length(String scheme, String secret) {
    assertThatThrownBy(() -> of(scheme, SECRET + ":" + SECRET + "," + secret))
        .hasMessageStartingWith("secrets: number 2 of 2 has ")
        .hasMessageContaining(" fewer than the 16 of hub.secrets.min-bytes; ")
        .hasMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 65})
  void a_standard_webhooks_key_has_24_to_64_bytes(int bytes) {
    assertThatThrownBy(() -> of("standard-webhooks", "v1,whsec_" + Sender.base64(new byte[bytes])))
        .hasMessageStartingWith("secrets: number 1 of 1 ");
    assertThat(of("standard-webhooks", "whsec_" + Sender.base64(new byte[24]))).isNotNull();
    assertThat(of("standard-webhooks", Sender.base64(new byte[64]))).isNotNull();
  }

  private static SignatureVerifier of(String scheme, String list) {
    SchemeOptions options =
        SchemeOptions.of(scheme)
            .with("eventId", "$.id")
            .with("signatureHeader", scheme.equals("hmac") ? "X-Signature" : "");
    return Shipped.SCHEMES.of(options, Shipped.SCHEMES.split(scheme, list), Sender.CLOCK);
  }

  @Test
  void a_fingerprint_names_a_secret_and_nothing_more() {
    assertThat(WebhookSecrets.fingerprint("geheim"))
        .matches("[0-9a-f]{8}")
        .isEqualTo(WebhookSecrets.fingerprint("geheim"))
        .isNotEqualTo(WebhookSecrets.fingerprint("geheim2"))
        // Not the plain hash, which tables of known passwords hold.
        .isNotEqualTo(Sender.hex(Sha256.of("geheim".getBytes(UTF_8))).substring(0, 8));
  }

  @ParameterizedTest
  @EnumSource
  void no_message_holds_a_secret_or_a_signature(Sender sender) {
    String secret = sender.secret(1);
    SignatureVerifier verifier = sender.verifier(secret);
    Sent other = sender.send(sender.secret(2), Sender.NOW, "{}");
    Sent stale = sender.send(secret, Sender.NOW.minusSeconds(9999), "{}");
    for (Sent sent : List.of(other, stale)) {
      for (String header : sender.headers()) {
        String value = sent.header(header);
        for (String tampered : List.of(value, value + "§", "§" + value, secret)) {
          try {
            verifier.verify(sent.with(header, tampered).request());
          } catch (WebhookRejectedException e) {
            assertThat(e.toString() + e.detail() + verifier)
                .doesNotContain(secret)
                .doesNotContain(value);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void no_fault_holds_a_secret(Sender sender) {
    String secret = "geheim§";
    SchemeOptions options = sender.options().with("toleranceSeconds", "0");
    assertThatThrownBy(() -> Shipped.SCHEMES.of(options, List.of(secret), Sender.CLOCK))
        .hasMessageNotContaining("geheim");
  }
}
