package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecretsTest {

  @Test
  void a_list_is_split_at_commas_and_trimmed() {
    assertThat(Secrets.split(" a ,b,, \t,c=+&;d\n")).containsExactly("a", "b", "c=+&;d");
    assertThat(Secrets.split(null)).isEmpty();
    assertThat(Secrets.split("")).isEmpty();
    assertThat(Secrets.split(" , ")).isEmpty();
  }

  @Test
  void a_fingerprint_names_a_secret_and_nothing_more() {
    assertThat(Secrets.fingerprint("geheim"))
        .matches("[0-9a-f]{8}")
        .isEqualTo(Secrets.fingerprint("geheim"))
        .isNotEqualTo(Secrets.fingerprint("geheim2"))
        // Not the plain hash, which tables of known passwords hold.
        .isNotEqualTo(Sender.hex(Sha256.of("geheim".getBytes(UTF_8))).substring(0, 8));
  }

  @ParameterizedTest
  @EnumSource
  void no_message_holds_a_secret_or_a_signature(Sender sender) {
    String secret = sender.secret(1);
    SignatureScheme scheme = sender.scheme(secret);
    Sent other = sender.send(sender.secret(2), Sender.NOW, "{}");
    Sent stale = sender.send(secret, Sender.NOW.minusSeconds(9999), "{}");
    for (Sent sent : List.of(other, stale)) {
      for (String header : sender.headers()) {
        String value = sent.header(header);
        for (String tampered : List.of(value, value + "§", "§" + value, secret)) {
          try {
            scheme.verify(sent.with(header, tampered).request());
          } catch (Rejected e) {
            assertThat(e.toString() + e.detail() + scheme)
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
    assertThatThrownBy(() -> Schemes.of(options, List.of(secret), Sender.CLOCK))
        .hasMessageNotContaining("geheim");
  }
}
