package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static hub.webhook.verify.Sender.BASIC;
import static hub.webhook.verify.Sender.BEARER;
import static hub.webhook.verify.Sender.CLOCK;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AuthorizationTest {
  private static final String HEADER = "Authorization";
  private final Sent sent = Sent.of("{}");

  @Test
  void the_word_before_the_credentials_may_be_in_any_case() throws WebhookRejectedException {
    for (String word : List.of("Bearer ", "bearer ", "BEARER  ")) {
      assertThat(BEARER.verifier("t0ken").verify(sent.with(HEADER, word + "t0ken").request()))
          .isEqualTo(new VerifiedRequest(WebhookSecrets.fingerprint("t0ken"), Optional.empty()));
    }
    assertThat(BASIC.verifier("u:p").verify(sent.with(HEADER, "bASIC dTpw").request())).isNotNull();
  }

  @Test
  void another_word_is_malformed() {
    for (String bad : List.of("t0ken", "Bearer", "Basic t0ken", "Bearert0ken", "Bearer=t0ken")) {
      assertRefused(
          BEARER.verifier("t0ken"), sent.with(HEADER, bad), RejectionReason.SIGNATURE_MALFORMED);
    }
    for (String bad : List.of("dTpw", "Basic", "Bearer dTpw", "Basic §", "Basic A")) {
      assertRefused(
          BASIC.verifier("u:p"), sent.with(HEADER, bad), RejectionReason.SIGNATURE_MALFORMED);
    }
  }

  @Test
  void a_token_of_another_length_or_case_is_a_mismatch() {
    for (String bad : List.of("t", "t0ken0", "T0KEN", "t0ken t0ken", "t0ken,t0ken")) {
      assertRefused(
          BEARER.verifier("t0ken"),
          sent.with(HEADER, "Bearer " + bad),
          RejectionReason.SIGNATURE_MISMATCH);
    }
  }

  @Test
  void a_token_matches_however_the_server_read_its_bytes() throws WebhookRejectedException {
    String secret = "schlüssel-ключ";
    String asLatin1 = new String(secret.getBytes(UTF_8), ISO_8859_1);
    for (String read : List.of(secret, asLatin1)) {
      assertThat(BEARER.verifier(secret).verify(sent.with(HEADER, "Bearer " + read).request()))
          .isNotNull();
    }
    assertThat(BEARER.verifier("ü").verify(sent.with(HEADER, "Bearer ü").request())).isNotNull();
  }

  @Test
  void a_letter_outside_latin1_is_not_taken_for_a_question_mark() {
    assertRefused(
        BEARER.verifier("a?b"),
        sent.with(HEADER, "Bearer aкb"),
        RejectionReason.SIGNATURE_MISMATCH);
  }

  @Test
  void user_and_password_both_count() {
    for (String wrong : List.of("u:q", "v:p", "u:", ":p", "u", "up", "u:pp")) {
      String header = "Basic " + Sender.base64(wrong.getBytes(UTF_8));
      assertRefused(
          BASIC.verifier("u:p"), sent.with(HEADER, header), RejectionReason.SIGNATURE_MISMATCH);
    }
  }

  @Test
  void scheme_none_believes_anything_once_it_is_called_unsafe() throws WebhookRejectedException {
    SchemeOptions options =
        SchemeOptions.of("none").with("unsafe", true).with("eventId", "header:X-Id");
    VerifiedRequest verifiedRequest =
        Shipped.SCHEMES.of(options, List.of(), CLOCK).verify(sent.request());
    assertThat(verifiedRequest.secretId()).isEmpty();
    assertThat(verifiedRequest.timestamp()).isEmpty();
  }
}
