package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.WebhookRejectedException;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.nio.charset.Charset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The events within a body, cut out byte for byte. */
class JsonElementsTest {
  private static List<String> elements(String path, byte[] document) throws IOException {
    return new JsonElements(path)
        .in(document).stream().map(bytes -> new String(bytes, UTF_8)).toList();
  }

  @Test
  void an_element_keeps_its_bytes() throws IOException {
    byte[] document = " {\"a\": [ {\"b\" :\"ü\"} ,1.50,[ ],\"漢\" ]} ".getBytes(UTF_8);

    assertThat(elements("$.a[*]", document))
        .containsExactly("{\"b\" :\"ü\"}", "1.50", "[ ]", "\"漢\"");
    assertThat(elements("$.a[0].b", document)).containsExactly("\"ü\"");
    assertThat(elements("$.c[*]", document)).isEmpty();
  }

  @Test
  void bytes_of_another_encoding_have_no_places_of_their_own() {
    for (Charset charset : List.of(UTF_16, UTF_16LE, Charset.forName("UTF-32"))) {
      assertThatThrownBy(() -> elements("$[*]", "[{\"a\":1}]".getBytes(charset)))
          .as(charset.name())
          .isInstanceOf(IOException.class);
    }
  }

  /** Without a signature: each of Adyen's events carries its own, so the body is read before. */
  @Test
  void a_stranger_is_refused_whatever_the_encoding() {
    SchemeVector adyen = SchemeVector.of("adyen").get(0);
    WebhookRequest request =
        new WebhookRequest(
            "POST",
            "/api/webhooks/adyen",
            MultiMap.caseInsensitiveMultiMap()
                .add("Content-Type", "application/x-www-form-urlencoded"),
            MultiMap::caseInsensitiveMultiMap,
            adyen.body().getBytes(UTF_16),
            "https://hub.example",
            "");

    assertThatThrownBy(
            () ->
                new EventsReader(adyen.described())
                    .read(request, request.signed(), adyen.verifier()))
        .isInstanceOfSatisfying(
            WebhookRejectedException.class,
            e -> assertThat(e.reason()).isEqualTo(RejectionReason.PAYLOAD_INVALID));
  }
}
