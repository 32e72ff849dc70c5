package hub.webhook.verify;

import static hub.webhook.verify.Refusals.assertRefused;
import static hub.webhook.verify.Sender.NOW;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every scheme guarantees, tested with every sender. */
class EverySchemeTest {
  private static final String BODY = "{\"id\":\"evt_1\",\"name\":\"Zoë 漢字 😀\"}\n";

  @ParameterizedTest
  @EnumSource
  void a_genuine_request_is_believed_and_names_its_secret(Sender sender)
      throws WebhookRejectedException {
    Sent sent = sender.send(sender.secret(1), NOW, BODY);

    VerifiedRequest verifiedRequest = sender.verifier(sender.secret(1)).verify(sent.request());

    assertThat(verifiedRequest.secretId()).isEqualTo(WebhookSecrets.fingerprint(sender.secret(1)));
    assertThat(verifiedRequest.timestamp().isPresent()).isEqualTo(sender.timed);
    verifiedRequest.timestamp().ifPresent(time -> assertThat(time).isEqualTo(NOW));
  }

  @ParameterizedTest
  @EnumSource
  void a_second_secret_of_the_list_matches(Sender sender) throws WebhookRejectedException {
    SignatureVerifier verifier =
        sender.verifier(sender.secret(1), sender.secret(2), sender.secret(3));

    for (int number = 1; number <= 3; number++) {
      Sent sent = sender.send(sender.secret(number), NOW, BODY);
      assertThat(verifier.verify(sent.request()).secretId())
          .isEqualTo(WebhookSecrets.fingerprint(sender.secret(number)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void another_secret_is_a_mismatch(Sender sender) {
    Sent sent = sender.send(sender.secret(9), NOW, BODY);
    assertRefused(
        sender.verifier(sender.secret(1), sender.secret(2)),
        sent,
        RejectionReason.SIGNATURE_MISMATCH);
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"BEARER", "BASIC"})
  void any_changed_byte_of_the_body_is_a_mismatch(Sender sender) {
    SignatureVerifier verifier = sender.verifier(sender.secret(1));
    Sent sent = sender.send(sender.secret(1), NOW, BODY);

    byte[] body = BODY.getBytes(UTF_8);
    for (int i = 0; i < body.length; i++) {
      byte[] tampered = body.clone();
      tampered[i] ^= 1;
      assertRefused(verifier, sent.withBody(tampered), RejectionReason.SIGNATURE_MISMATCH);
    }
    assertRefused(verifier, sent.withBody(new byte[0]), RejectionReason.SIGNATURE_MISMATCH);
    assertRefused(
        verifier,
        sent.withBody(Arrays.copyOf(body, body.length + 1)),
        RejectionReason.SIGNATURE_MISMATCH);
  }

  @ParameterizedTest
  @EnumSource
  void an_absent_header_is_missing(Sender sender) {
    Sent sent = sender.send(sender.secret(1), NOW, BODY);
    for (String header : sender.headers()) {
      assertRefused(
          sender.verifier(sender.secret(1)),
          sent.without(header),
          RejectionReason.SIGNATURE_MISSING);
    }
    assertRefused(
        sender.verifier(sender.secret(1)), Sent.of(BODY), RejectionReason.SIGNATURE_MISSING);
  }

  @ParameterizedTest
  @EnumSource
  void a_blank_header_is_missing(Sender sender) {
    Sent sent = sender.send(sender.secret(1), NOW, BODY);
    for (String header : sender.headers()) {
      assertRefused(
          sender.verifier(sender.secret(1)),
          sent.with(header, " \t"),
          RejectionReason.SIGNATURE_MISSING);
      assertRefused(
          sender.verifier(sender.secret(1)), sent.with(header), RejectionReason.SIGNATURE_MISSING);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_header_given_twice_is_malformed_even_when_both_are_right(Sender sender) {
    Sent sent = sender.send(sender.secret(1), NOW, BODY);
    for (String header : sender.headers()) {
      String value = sent.header(header);
      SignatureVerifier verifier = sender.verifier(sender.secret(1));
      assertRefused(verifier, sent.with(header, value, value), RejectionReason.SIGNATURE_MALFORMED);
      assertRefused(verifier, sent.with(header, "", value), RejectionReason.SIGNATURE_MALFORMED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void white_space_around_a_header_does_not_matter(Sender sender) throws WebhookRejectedException {
    Sent sent = sender.send(sender.secret(1), NOW, BODY);
    for (String header : sender.headers()) {
      sent = sent.with(header, "  " + sent.header(header) + " ");
    }
    assertThat(sender.verifier(sender.secret(1)).verify(sent.request())).isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void garbage_in_a_header_is_malformed(Sender sender) {
    SignatureVerifier verifier = sender.verifier(sender.secret(1));
    Sent sent = sender.send(sender.secret(1), NOW, BODY);
    for (String header : sender.headers()) {
      if (!header.toLowerCase(Locale.ROOT).endsWith("-id")) {
        assertRefused(verifier, sent.with(header, "§"), RejectionReason.SIGNATURE_MALFORMED);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void empty_and_binary_and_large_bodies_are_believed(Sender sender)
      throws WebhookRejectedException {
    byte[] binary = new byte[4096];
    new Random(1).nextBytes(binary);
    byte[] mebibyte = new byte[1 << 20];
    new Random(2).nextBytes(mebibyte);
    byte[] latin1 = {'{', (byte) 0xE4, 0, (byte) 0xFF, '}', '\r', '\n'};

    for (byte[] body : new byte[][] {new byte[0], binary, mebibyte, latin1}) {
      Sent sent = sender.send(sender.secret(1), NOW, body);
      assertThat(sender.verifier(sender.secret(1)).verify(sent.request())).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void the_body_is_left_as_it_is(Sender sender) throws WebhookRejectedException {
    byte[] body = BODY.getBytes(UTF_8);
    sender.verifier(sender.secret(1)).verify(sender.send(sender.secret(1), NOW, body).request());
    assertThat(body).isEqualTo(BODY.getBytes(UTF_8));
  }

  @ParameterizedTest
  @EnumSource(names = {"STRIPE", "SLACK", "STANDARD", "SVIX", "HMAC"})
  void the_tolerance_holds_on_both_sides_and_includes_its_limit(Sender sender)
      throws WebhookRejectedException {
    SignatureVerifier verifier = sender.verifier(sender.secret(1));

    for (int seconds : new int[] {-300, -299, -1, 1, 299, 300}) {
      Sent sent = sender.send(sender.secret(1), NOW.plusSeconds(seconds), BODY);
      assertThat(verifier.verify(sent.request()).timestamp()).hasValue(NOW.plusSeconds(seconds));
    }
    assertRefused(
        verifier,
        sender.send(sender.secret(1), NOW.minusSeconds(301), BODY),
        RejectionReason.TIMESTAMP_TOO_OLD);
    assertRefused(
        verifier,
        sender.send(sender.secret(1), NOW.plusSeconds(301), BODY),
        RejectionReason.TIMESTAMP_IN_FUTURE);
  }

  @ParameterizedTest
  @EnumSource(names = {"STRIPE", "SLACK", "STANDARD", "SVIX", "HMAC"})
  void a_stranger_learns_nothing_about_the_time(Sender sender) {
    SignatureVerifier verifier = sender.verifier(sender.secret(1));
    for (int seconds : new int[] {-301, 301}) {
      Sent sent = sender.send(sender.secret(9), NOW.plusSeconds(seconds), BODY);
      assertRefused(verifier, sent, RejectionReason.SIGNATURE_MISMATCH);
    }
  }

  @ParameterizedTest
  @EnumSource
  void threads_do_not_disturb_each_other(Sender sender) throws Exception {
    SignatureVerifier verifier = sender.verifier(sender.secret(1), sender.secret(2));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      var results =
          IntStream.range(0, 400)
              .mapToObj(i -> sender.send(sender.secret(2), NOW, BODY + i))
              .map(sent -> threads.submit(() -> verifier.verify(sent.request())))
              .toList();
      for (Future<VerifiedRequest> result : results) {
        assertThat(result.get().secretId()).isEqualTo(WebhookSecrets.fingerprint(sender.secret(2)));
      }
    } finally {
      threads.shutdown();
    }
  }
}
