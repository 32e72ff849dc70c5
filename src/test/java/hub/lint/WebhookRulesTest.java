package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookRulesTest {
  private static final String FILE = "routes/shop/shop-webhook.camel.yaml:";

  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private void webhook(String parameters) {
    hub.environment("SHOP_SECRET", "0123456789abcdef").webhook(parameters);
  }

  @Test
  void a_source_that_keeps_nothing_is_told() {
    hub.environment("SHOP_SECRET", "0123456789abcdef")
        .write(
            "routes/shop/shop-webhook.camel.yaml",
            HubFolder.webhookRoute(
                    "shop-webhook", "source: shop\nscheme: stripe\nsecrets: SHOP_SECRET\n")
                .replace("inbox:shop", "log:shop"));

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "5: route 'shop-webhook' keeps none of the webhooks that it takes;"
                + " add a step to inbox:shop");
  }

  @Test
  void an_inbox_inside_a_branch_counts() {
    hub.environment("SHOP_SECRET", "0123456789abcdef")
        .write(
            "routes/shop/shop-webhook.camel.yaml",
            HubFolder.webhookRoute(
                    "shop-webhook", "source: shop\nscheme: stripe\nsecrets: SHOP_SECRET\n")
                .replace(
                    "- to:\n            uri: inbox:shop\n",
                    """
                    - filter:
                                simple: {expression: "${body}"}
                                steps:
                                  - to:
                                      uri: inbox:shop
                    """));

    assertThat(hub.printed()).isEmpty();
  }

  @Test
  void what_is_missing_is_told() {
    webhook("optional: true\n");

    assertThat(hub.printed())
        .containsExactly(
            FILE + "5: source is missing; name it as in /api/webhooks/<source>",
            FILE + "5: scheme: missing; name the sender's, such as stripe, or hmac or token",
            FILE
                + "5: secrets is missing; name the property or variable that holds them,"
                + " such as SHOP_WEBHOOK_SECRET");
  }

  @Test
  void hmac_is_complete_or_told() {
    webhook(
        """
        source: shop
        scheme: hmac
        secrets: SHOP_SECRET
        algorithm: md5
        encoding: base32
        signedContent: "{timestamp}.{bdy}"
        toleranceSeconds: 0
        eventType: type
        """);

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "5: signatureHeader: required for scheme hmac;"
                + " name the header with the signature",
            FILE + "5: timestampHeader: missing; signedContent has {timestamp}, so name its header",
            FILE
                + "5: eventId: required for scheme hmac;"
                + " say where the event's id is, header:NAME or a JSONPath such as $.id",
            FILE + "10: algorithm: 'md5' is unknown; choose one of sha256, sha1, sha512",
            FILE
                + "11: encoding: 'base32' is unknown; did you mean 'base64'?;"
                + " choose one of hex, base64, base64url",
            FILE
                + "12: signedContent: {bdy} is unknown; did you mean 'body'?;"
                + " use {id}, {timestamp} and {body}, or write a scheme file",
            FILE + "12: signedContent: without {body} the body is not signed; add {body}",
            FILE
                + "13: toleranceSeconds: '0' is not a whole number of seconds above 0;"
                + " 0 would not switch the check off; leave it out for 300",
            FILE
                + "14: eventType: 'type' is neither header:NAME nor form:NAME nor a JSONPath;"
                + " write one such as header:X-Id or $.id");
  }

  @Test
  void a_time_that_is_not_signed_is_told() {
    webhook(
        """
        source: shop
        scheme: hmac
        secrets: SHOP_SECRET
        signatureHeader: X-Signature
        timestampHeader: X-Time
        eventId: header:X-Id
        """);

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "5: signedContent: lacks {timestamp}, and a time that is not signed proves"
                + " nothing; add {timestamp}, or remove timestampHeader");
  }

  @Test
  void a_secret_of_the_wrong_form_is_told_and_not_shown() {
    hub.environment("SHOP_SECRET", "shop:hunter2-hunter2-hunter2,hunter3")
        .webhook("source: shop\nscheme: basic\nsecrets: SHOP_SECRET\neventId: $.id\n");

    assertThat(hub.printed())
        .containsExactly(
            FILE + "9: secrets: SHOP_SECRET number 2 of 2 has no colon; write it as user:password");
  }

  @Test
  void what_only_hmac_takes_is_told_elsewhere() {
    webhook("source: shop\nscheme: stripe\nsecrets: SHOP_SECRET\nsignatureHeader: X-Signature\n");

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "10: signatureHeader: scheme stripe does not take it;"
                + " remove it, or use scheme: hmac");
  }

  @Test
  void a_body_limit_over_half_of_what_was_chosen_for_all_bodies_is_told() {
    hub.environment("HUB_HTTP_BODIES_MAX_BYTES", "3000000");
    webhook("source: shop\nscheme: stripe\nsecrets: SHOP_SECRET\nmaxBodyBytes: 1500001\n");

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "10: maxBodyBytes: 1500001 is over half of hub.http.bodies-max-bytes (3000000);"
                + " lower it, or raise hub.http.bodies-max-bytes");
  }

  @Test
  void believing_anybody_must_be_meant() {
    webhook("source: shop\nscheme: none\neventId: $.id\nratePerSecond: many\n");

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "5: unsafe: scheme none accepts every request;"
                + " set unsafe: true if that is meant, or choose a scheme that verifies",
            FILE + "10: ratePerSecond: 'many' is not a whole number; 0 is unlimited");
  }

  @Test
  void a_source_is_taken_once() {
    String parameters = "source: shop\nscheme: stripe\nsecrets: SHOP_SECRET\n";
    webhook(parameters);
    hub.write("routes/shop/z.camel.yaml", HubFolder.webhookRoute("z", parameters));

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/z.camel.yaml:7: source 'shop' is taken by "
                + FILE
                + "7;"
                + " give one of them another name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "ab+c/d==",
        "5257a869e7ecebeda32affa62cdca3fa",
        "aB3dE5gH7jK9mN1pQ3sT5"
      })
  void a_secret_in_the_place_of_its_name_is_told_and_not_shown(String secret) {
    webhook("source: shop\nscheme: stripe\nsecrets: " + secret + "\n");

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "9: secrets looks like a secret itself;"
                + " name the property or variable that holds it, such as SHOP_WEBHOOK_SECRET");
  }

  @ParameterizedTest
  @CsvSource({
    "SHOP_WEBHOOK_SECRET,SHOP_WEBHOOK_SECRET",
    "shop.webhook-secret,shop.webhook-secret",
    "hunter2,the name under secrets"
  })
  void a_secret_that_is_not_set_is_told(String name, String shown) {
    webhook("source: shop\nscheme: stripe\nsecrets: " + name + "\n");

    assertThat(hub.printed())
        .containsExactly(
            FILE
                + "9: "
                + shown
                + " is not set; set it to the secret that shop signs with, or add optional: true");
  }

  @Test
  void an_optional_source_may_lack_its_secret() {
    webhook("source: shop\nscheme: stripe\nsecrets: NOWHERE\noptional: true\n");

    assertThat(hub.printed()).isEmpty();
  }
}
