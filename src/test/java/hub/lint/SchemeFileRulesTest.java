package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schemes of one's own, and the sources that hub.sources opens, are checked with their lines. */
class SchemeFileRulesTest {
  private static final String FILE = "routes/schemes/till.scheme.yaml";
  private static final String TILL =
      """
      title: The till
      verify: hmac
      algorithm: sha256
      signature:
        in: header:X-Till
        encoding: hex
      signed: "{body}"
      secret:
        variable: TILL_SECRET
      event:
        id: $.id
      """;

  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  @Test
  void a_scheme_without_faults_is_no_stray_file() {
    hub.write(FILE, TILL);

    assertThat(hub.printed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "verify: hmac | verify: hamc | 2: verify: 'hamc' is unknown; did you mean 'hmac'?",
        "algorithm: sha256 | algorithm: ed25519 | 3: algorithm: 'ed25519' is none of hmac; choose one of sha256, sha1, sha512",
        "title: The till | titel: The till | 1: titel: is unknown; did you mean 'title'?",
        "  in: header:X-Till | in: X-Till | 5: signature.in: 'X-Till' does not fit; write header:NAME, query:NAME, form:NAME or a JSONPath",
        "  encoding: hex | encoding: base32 | 6: signature.encoding: 'base32' is unknown; did you mean 'base64'?",
        "{body} | {bdy} | 7: signed: {bdy} is unknown; did you mean 'body'?",
        "{body} | fixed | 7: signed: 'fixed' does not cover the body; add {body}",
        "{body} | {timestamp}{body} | timestamp: is missing, and signed has {timestamp}",
        "  id: $.id | id: id | 11: event.id: 'id' is no place, template or constant",
      })
  void a_fault_is_told_with_its_line(String right, String wrong, String told) {
    hub.write(FILE, TILL.replace(right, wrong.contains(": ") ? indented(right, wrong) : wrong));

    assertThat(hub.printed()).anyMatch(fault -> fault.startsWith(FILE) && fault.contains(told));
  }

  private static String indented(String right, String wrong) {
    return right.startsWith("  ") && !right.strip().startsWith("in:") ? "  " + wrong : wrong;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "verified: false, answer: {body: '{hmac:sha256-hex:{query:a}}'} | signs text that a caller chooses who is not verified",
        "verified: false, answer: {content-type: text/html, body: '{query:a}'} | of an answer without a proof is not text/plain",
        "answer: {body: '{secret}'} | shows a secret",
        "check: {a: '{secret}'}, answer: {body: x} | 'a' is no place",
      })
  void a_handshake_that_strangers_could_abuse_is_told(String handshake, String told) {
    hub.write(FILE, TILL + "handshake:\n  - {when: {method: GET, query: a}, " + handshake + "}\n");

    assertThat(hub.printed())
        .anyMatch(fault -> fault.startsWith(FILE + ":13") && fault.contains(told));
  }

  @Test
  void keys_of_anybody_are_told() {
    hub.write(
        FILE,
        """
        title: The till
        verify: public-key
        algorithm: rsa-sha256
        signature: {in: "header:X-Till", encoding: base64}
        signed: "{body}"
        keys: {url: "{header:X-Cert}"}
        event: {id: $.id}
        """);

    assertThat(hub.printed())
        .anyMatch(
            fault -> fault.startsWith(FILE + ":6: keys.hosts: are missing, so that anybody's key"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "signed: \"{url}\" ; digest: {in: header:X-Hash} | does not cover the body",
        "signed: \"{secret}{body}\" | {secret} is of answers and checks alone",
        "signed: \"{event.id}{body}\" | {event.id} is of answers and checks alone",
        "signed: [{when: $.a, content: \"{timestamp}{body}\"}, {content: \"{body}\"}] ; timestamp: {in: header:X-Time} | lacks {timestamp}",
        "signed: \"{body}\" ; replay-key: $.token ; | nothing",
        "signed: \"{$.a}\" ; replay-key: $.token | lacks the token of replay-key",
        "signed: \"{body}\" ; answer: {body: \"{{HUB_ADMIN_KEY}}\"} | shows a secret or a variable",
      })
  void what_would_prove_less_than_it_seems_is_told(String members, String told) {
    hub.write(
        FILE, TILL.replace("signed: \"{body}\"", members.replace(" ; ", "\n").replace(" ;", "")));

    if (told.equals("nothing")) {
      assertThat(hub.printed()).isEmpty();
    } else {
      assertThat(hub.printed()).anyMatch(fault -> fault.startsWith(FILE) && fault.contains(told));
    }
  }

  @Test
  void a_check_without_a_secret_is_told() {
    hub.write(
        FILE,
        TILL
            + "handshake:\n  - {when: {method: GET, query: a}, check: {\"query:a\": \"{query:b}\"},"
            + " answer: {body: '{query:a}'}}\n");

    assertThat(hub.printed()).anyMatch(fault -> fault.contains("proves nothing"));
  }

  @Test
  void a_short_key_in_hexadecimal_is_told_too() {
    hub.environment("TILL_SECRET", "ab")
        .write(
            FILE, TILL.replace("variable: TILL_SECRET", "variable: TILL_SECRET\n  encoding: hex"))
        .write("application.properties", "hub.sources = till\n");

    assertThat(hub.printed()).anyMatch(fault -> fault.contains("TILL_SECRET number 1 of 1"));
  }

  @Test
  void secrets_of_opened_sources_are_checked_all_at_once() {
    hub.environment("GITLAB_WEBHOOK_SECRET", "short")
        .environment("ZOOM_WEBHOOK_SECRET_TOKEN", "short")
        .environment("ADYEN_HMAC_KEY", "zz")
        .write("application.properties", "hub.sources = gitlab,adyen,none\n");

    assertThat(hub.printed())
        .anyMatch(fault -> fault.contains("GITLAB_WEBHOOK_SECRET number 1 of 1 has 5 bytes"))
        .anyMatch(fault -> fault.contains("ADYEN_HMAC_KEY number 1 of 1 is not hexadecimal"))
        .anyMatch(fault -> fault.contains("scheme 'none'"));
  }

  @Test
  void a_shipped_name_is_warned_about() {
    hub.write("routes/schemes/gitlab.scheme.yaml", TILL);

    assertThat(hub.faults())
        .anyMatch(
            fault ->
                fault.level() == Fault.Level.WARNING
                    && fault.toString().contains("stands in place of the shipped scheme gitlab"));
  }

  @Test
  void a_source_uses_the_variable_of_its_scheme() {
    hub.write(FILE, TILL)
        .write(
            "routes/till/till-webhook.camel.yaml",
            HubFolder.webhookRoute("till-webhook", "source: shop\nscheme: till\n"));

    assertThat(hub.printed()).anyMatch(fault -> fault.contains("TILL_SECRET is not set"));
    hub.environment("TILL_SECRET", "short");
    assertThat(hub.printed())
        .anyMatch(fault -> fault.contains("TILL_SECRET number 1 of 1 has 5 bytes"));
    hub.environment("TILL_SECRET", "0123456789abcdef");
    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void opened_sources_must_be_schemes_with_an_event_id() {
    hub.write("application.properties", "hub.sources = gitlib,hmac,typeform\n");

    assertThat(hub.printed())
        .anyMatch(
            fault ->
                fault.startsWith("application.properties:1: hub.sources: there is no scheme")
                    && fault.contains("did you mean 'gitlab'?"))
        .anyMatch(fault -> fault.contains("scheme 'hmac' does not say where the event's id is"))
        .anyMatch(fault -> fault.contains("TYPEFORM_WEBHOOK_SECRET is not set"));
  }
}
