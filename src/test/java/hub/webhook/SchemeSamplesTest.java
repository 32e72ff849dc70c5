package hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Proof;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code send} signs by a scheme is believed by the scheme, for each of its samples. */
class SchemeSamplesTest {
  static Stream<SchemeVector> schemes() {
    Map<String, SchemeVector> first = new LinkedHashMap<>();
    SchemeVector.all()
        .filter(vector -> !vector.isHandshake())
        .filter(vector -> canSign(vector.described()))
        .forEach(vector -> first.putIfAbsent(vector.scheme(), vector));
    return first.values().stream();
  }

  private static boolean canSign(WebhookScheme scheme) {
    return scheme.proof() != Proof.PUBLIC_KEY && scheme.keys().url().isEmpty();
  }

  @ParameterizedTest
  @MethodSource("schemes")
  void a_sample_is_believed_and_read(SchemeVector vector) throws WebhookRejectedException {
    SchemeTools tools = vector.tools(SchemeVector.fixed(vector.now()));
    String secret = vector.secrets().get(0);
    assertThat(vector.described().samples()).isNotEmpty();
    for (WebhookScheme.Sample sample : vector.described().samples()) {
      OutgoingWebhook message =
          new SampleEvent(
                  vector.described(), sample, "0a1b2c3d", sample.type(), secret, vector.now())
              .to("https://hub.example/api/webhooks/" + vector.scheme());
      new Signer(vector.described(), secret, Optional.empty(), tools)
          .sign(message, "0a1b2c3d", sample.type(), vector.now());

      WebhookRequest request =
          vector.request(
              message.headers(), message.url(), new String(message.body(), StandardCharsets.UTF_8));
      EventsReader.Read read =
          new EventsReader(vector.described()).read(request, request.signed(), vector.verifier());
      assertThat(read.first()).as(sample.body()).isNotNull();
      assertThat(read.first().type()).isEqualTo(sample.type());
    }
  }
}
