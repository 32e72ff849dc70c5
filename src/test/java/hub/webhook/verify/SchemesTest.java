package hub.webhook.verify;

import static hub.webhook.verify.Sender.CLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong parameters are reported at the start, all together, each with its remedy. */
class SchemesTest {
  private static final SchemeOptions HMAC =
      SchemeOptions.of("hmac").with("signatureHeader", "X-Sig").with("eventId", "$.id");

  @Test
  void every_scheme_is_plain_data_that_can_be_shown() {
    for (WebhookScheme scheme : Shipped.all()) {
      assertThat(scheme.toString()).doesNotContain("Lambda").contains(scheme.description());
      assertThat(SchemeOptions.NAMES).containsAll(scheme.options());
      assertThat(Shipped.SCHEMES.named(scheme.name())).contains(scheme);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "stirpe, stripe",
    "GitHub, github",
    "standardwebhooks, standard-webhooks",
    "hamc, hmac"
  })
  void a_misspelt_scheme_is_told_the_right_one(String written, String meant) {
    assertThat(Shipped.SCHEMES.faultsOf(SchemeOptions.of(written)))
        .containsExactly(
            "scheme: '"
                + written
                + "' is unknown; did you mean '"
                + meant
                + "'?; the reference lists all, and one of your own is"
                + " routes/schemes/NAME.scheme.yaml");
  }

  @Test
  void a_scheme_must_be_given() {
    for (SchemeOptions options :
        List.of(SchemeOptions.of(null), SchemeOptions.of(" "), SchemeOptions.from(Map.of()))) {
      assertThat(Shipped.SCHEMES.faultsOf(options))
          .singleElement()
          .asString()
          .startsWith("scheme: missing");
    }
    assertThat(Shipped.SCHEMES.faultsOf(SchemeOptions.of("carrier-pigeon")))
        .singleElement()
        .asString()
        .doesNotContain("did you mean");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "five", "1.5", "300s", "9223372036854775808"})
  void the_tolerance_must_be_above_zero_whatever_the_scheme(String seconds) {
    for (String scheme : List.of("stripe", "github", "nonsense")) {
      assertThat(
              Shipped.SCHEMES.faultsOf(SchemeOptions.of(scheme).with("toleranceSeconds", seconds)))
          .anyMatch(fault -> fault.startsWith("toleranceSeconds: '" + seconds + "'"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "signatureHeader",
        "signaturePrefix",
        "algorithm",
        "encoding",
        "timestampHeader",
        "signedContent"
      })
  void what_only_hmac_takes_is_refused_elsewhere(String parameter) {
    assertThat(Shipped.SCHEMES.faultsOf(SchemeOptions.of("stripe").with(parameter, "sha256")))
        .containsExactly(
            parameter + ": scheme stripe does not take it; remove it, or use scheme: hmac");
  }

  @Test
  void hmac_needs_a_header_and_an_event_id() {
    assertThat(Shipped.SCHEMES.faultsOf(SchemeOptions.of("hmac")))
        .containsExactly(
            "signatureHeader: required for scheme hmac; name the header with the signature",
            "eventId: required for scheme hmac; say where the event's id is,"
                + " header:NAME or a JSONPath such as $.id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "signatureHeader | X Sig             | signatureHeader: 'X Sig' is not the name of a header",
        "timestampHeader | X:T               | timestampHeader: 'X:T' is not the name of a header",
        "algorithm       | sha265            | algorithm: 'sha265' is unknown; did you mean 'sha256'?",
        "algorithm       | md5               | algorithm: 'md5' is unknown",
        "encoding        | base46            | encoding: 'base46' is unknown; did you mean 'base64'?",
        "signedContent   | {timestmp}.{body} | signedContent: {timestmp} is unknown; did you mean 'timestamp'?",
        "signedContent   | {id}.             | signedContent: without {body} the body is not signed",
        "signedContent   | {timestamp}{body} | timestampHeader: missing",
        "timestampHeader | X-Time            | signedContent: lacks {timestamp}",
        "signedContent   | {id}{body}        | eventId: signedContent has {id}",
      })
  void a_fault_of_hmac_names_its_parameter(String parameter, String value, String fault) {
    assertThat(Shipped.SCHEMES.faultsOf(HMAC.with(parameter, value)))
        .anyMatch(told -> told.startsWith(fault));
  }

  @Test
  void scheme_none_must_be_called_unsafe() {
    SchemeOptions none = SchemeOptions.of("none").with("eventId", "$.id");
    for (String unsafe : new String[] {null, "", "false", "False"}) {
      assertThat(Shipped.SCHEMES.faultsOf(none.with("unsafe", unsafe)))
          .singleElement()
          .asString()
          .startsWith("unsafe: scheme none accepts every request");
    }
    assertThat(Shipped.SCHEMES.faultsOf(none.with("unsafe", "yes")))
        .containsExactly("unsafe: 'yes' is neither true nor false; write one of them");
    assertThat(Shipped.SCHEMES.faultsOf(none.with("unsafe", "TRUE"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void without_a_secret_nothing_is_built(Sender sender) {
    assertThatThrownBy(() -> Shipped.SCHEMES.of(sender.options(), List.of(), CLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("secrets: none given");
    assertThatThrownBy(() -> Shipped.SCHEMES.of(sender.options(), null, CLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("secrets: none given");
    assertThatThrownBy(() -> Shipped.SCHEMES.of(sender.options(), List.of(" "), CLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("secrets: number 1 of 1 is empty; remove it with its comma");
  }

  @Test
  void a_basic_secret_needs_its_colon() {
    assertThatThrownBy(() -> Sender.BASIC.verifier("user:password", "geheim"))
        .hasMessage("secrets: number 2 of 2 has no colon; write it as user:password")
        .hasMessageNotContaining("geheim");
  }

  @Test
  void all_faults_are_told_at_once() {
    SchemeOptions options =
        SchemeOptions.of("github")
            .with("toleranceSeconds", "0")
            .with("encoding", "hex")
            .with("unsafe", "perhaps")
            .with("eventId", "id")
            .with("eventType", "header:")
            .with("orderingKey", "'x'");
    assertThatThrownBy(() -> Shipped.SCHEMES.of(options, List.of(), CLOCK))
        .isInstanceOf(IllegalArgumentException.class)
        .extracting(e -> e.getMessage().lines().map(line -> line.split(":", 2)[0]).toList())
        .isEqualTo(
            List.of(
                "toleranceSeconds",
                "unsafe",
                "encoding",
                "eventId",
                "eventType",
                "orderingKey",
                "secrets"));
  }

  @Test
  void defaults_written_out_are_no_fault() {
    SchemeOptions options =
        HMAC.with("algorithm", "sha256")
            .with("encoding", "hex")
            .with("signedContent", "{body}")
            .with("toleranceSeconds", 300)
            .with("unsafe", false);
    assertThatCode(() -> Shipped.SCHEMES.of(options, List.of("k"), 1, CLOCK))
        .doesNotThrowAnyException();
  }

  @Test
  void null_and_blank_parameters_mean_the_default() {
    Map<String, Object> parameters = new HashMap<>();
    SchemeOptions.NAMES.forEach(name -> parameters.put(name, name.length() % 2 == 0 ? null : " "));
    parameters.put("scheme", "stripe");
    parameters.put("ratePerSecond", 5);
    assertThat(SchemeOptions.from(parameters)).isEqualTo(SchemeOptions.of("stripe"));
    assertThat(Shipped.SCHEMES.faultsOf(SchemeOptions.from(parameters))).isEmpty();
  }

  @Test
  void the_parameters_have_one_name_each() {
    assertThat(SchemeOptions.of("stripe").asMap()).containsOnlyKeys(SchemeOptions.NAMES);
    assertThat(SchemeOptions.class.getRecordComponents())
        .extracting(RecordComponent::getName)
        .isEqualTo(SchemeOptions.NAMES);
    for (String name : SchemeOptions.NAMES) {
      assertThat(SchemeOptions.of("stripe").with(name, "x").asMap()).containsEntry(name, "x");
    }
    assertThatThrownBy(() -> SchemeOptions.of("stripe").with("tolerance", 1))
        .hasMessage("unknown parameter 'tolerance'");
    assertThatThrownBy(() -> SchemeOptions.of("stripe").with("signaturHeader", "x"))
        .hasMessageEndingWith("did you mean 'signatureHeader'?");
  }
}
