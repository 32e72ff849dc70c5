package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import hub.webhook.verify.WebhookRejectedException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests that were genuine once, and say something else now. */
class ForgeriesTest {
  private static EventsReader.Read read(
      SchemeVector vector, Map<String, String> headers, String body)
      throws WebhookRejectedException {
    WebhookRequest request = vector.request(headers, vector.url(), body);
    return new EventsReader(vector.described()).read(request, request.signed(), vector.verifier());
  }

  /** Anybody has a topic, and Amazon signs what he publishes there. */
  @Test
  void a_message_of_another_topic_cannot_be_cut_into_one_of_ours() throws Exception {
    SchemeVector vector = SchemeVector.of("aws-sns").get(0);
    ObjectNode genuine = (ObjectNode) Json.own(vector.body());
    String ours = genuine.get("TopicArn").asText();
    String time = genuine.get("Timestamp").asText();
    // What Amazon signs of the attacker's message, and how he cuts it.
    String rest =
        "Notification\nMessageId\n1\nTimestamp\n%s\nTopicArn\narn:aws:sns:us-east-1:1:his\nType\nNotification"
            .formatted(time);
    String signed =
        "Message\nforged\nMessageId\nfake\nTimestamp\n%s\nTopicArn\n%s\nType\n%s\n"
            .formatted(time, ours, rest);
    genuine.remove("Subject");
    genuine.put("Message", "forged").put("MessageId", "fake").put("Type", rest);
    genuine.put("Signature", sign(vector, genuine.get("SignatureVersion").asText(), signed));

    assertThatThrownBy(() -> read(vector, vector.headers(), genuine.toString()))
        .isInstanceOf(WebhookRejectedException.class)
        .hasMessageContaining("signature-mismatch");
  }

  private static String sign(SchemeVector vector, String version, String text)
      throws GeneralSecurityException {
    String pem = vector.data().get("private-key").toString();
    byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    PrivateKey privateKey =
        KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(key));
    Signature signature =
        Signature.getInstance(version.equals("2") ? "SHA256withRSA" : "SHA1withRSA");
    signature.initSign(privateKey);
    signature.update(text.getBytes(UTF_8));
    return Base64.getEncoder().encodeToString(signature.sign());
  }

  @Test
  void a_form_with_fields_that_are_not_signed_is_the_same_event() throws Exception {
    SchemeVector vector = SchemeVector.of("braintree").get(0);

    String id = read(vector, vector.headers(), vector.body()).first().id();

    assertThat(read(vector, vector.headers(), vector.body() + "&more=1").first().id())
        .isEqualTo(id);
  }

  @Test
  void a_header_that_is_not_signed_makes_no_other_event() throws Exception {
    SchemeVector vector = SchemeVector.of("netlify").get(0);
    Map<String, String> headers = new LinkedHashMap<>(vector.headers());
    headers.replaceAll((name, value) -> name.equals("X-Netlify-Event") ? "another" : value);

    assertThat(read(vector, headers, vector.body()).first().id())
        .isEqualTo(read(vector, vector.headers(), vector.body()).first().id());
  }
}
