package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.webhook.verify.Scope;
import hub.webhook.verify.Template;
import hub.webhook.verify.WebhookRejectedException;
import io.vertx.core.MultiMap;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a template makes of a request, byte for byte. */
class SignedPartsTest {
  private static final String FORM = "application/x-www-form-urlencoded";

  private static Optional<String> filled(
      String template, String uri, String contentType, String body)
      throws WebhookRejectedException {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.add("Content-Type", contentType);
    headers.add("X-Site", "  nörd ");
    WebhookRequest request =
        new WebhookRequest(
            "POST",
            uri,
            headers,
            MultiMap::caseInsensitiveMultiMap,
            body.getBytes(UTF_8),
            "https://hub.example/in",
            "");
    return Template.of(template, name -> Optional.of("value of " + name))
        .value(Scope.of(request.signed()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b=2&a=1 | a1b2",
        "a=x+y&b=%C3%B6%20z | ax ybö z",
        "a=2&a=1&a=2 | a1a2",
        "a=&b | ab",
        "B=1&a=2&_=3 | B1_3a2",
        "a[]=2&a%5B%5D=1 | a[]1a[]2",
        "a=1=2&c=%26%3D | a1=2c&=",
        "ä=1&z=2 | z2ä1",
      })
  void a_sorted_form_is_decoded_distinct_and_in_byte_order(String body, String expected)
      throws WebhookRejectedException {
    assertThat(filled("{form:sorted}", "/api/webhooks/x", FORM, body)).hasValue(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/webhooks/x | https://hub.example/in/api/webhooks/x",
        "/api/webhooks/x?b=2&a=1 | https://hub.example/in/api/webhooks/x?b=2&a=1",
        "/api/webhooks/x?a=%2f+%20&a= | https://hub.example/in/api/webhooks/x?a=%2f+%20&a=",
        "/api/webhooks/x? | https://hub.example/in/api/webhooks/x?",
      })
  void the_address_is_the_public_one_with_path_and_query_as_they_were_sent(
      String uri, String expected) throws WebhookRejectedException {
    assertThat(filled("{url}", uri, "application/json", "{}")).hasValue(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{method} {path}?{query} | POST /api/webhooks/x?b=2&a=%20",
        "{query:a};{query:b} | ' ;2'",
        "{header:x-site} | nörd",
        "{body:sha256-hex} | its hash",
        "{body:crc32} | its sum",
        "{$.a.b}/{$.list[1]} | 7/true",
        "{{SITE}}:{secret:KEY} | value of SITE:value of KEY",
        "{\"json\": [1, {}]} | {\"json\": [1, {}]}",
      })
  void each_placeholder_has_its_value(String template, String expected)
      throws WebhookRejectedException {
    String body = "{\"a\":{\"b\":7},\"list\":[0,true]}";
    Optional<String> text = filled(template, "/api/webhooks/x?b=2&a=%20", "application/json", body);
    if (template.startsWith("{body:")) {
      assertThat(text).hasValue(hashOf(template, body));
    } else {
      assertThat(text).hasValue(expected);
    }
  }

  /** By the JDK's own classes. */
  private static String hashOf(String template, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    if (template.equals("{body:crc32}")) {
      CRC32 crc = new CRC32();
      crc.update(bytes);
      return Long.toString(crc.getValue());
    }
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_template_with_a_missing_value_has_none() throws WebhookRejectedException {
    assertThat(filled("{$.a}:{$.b}", "/x", "application/json", "{\"a\":1}")).isEmpty();
    assertThat(filled("{header:X-None}", "/x", "application/json", "{}")).isEmpty();
  }
}
