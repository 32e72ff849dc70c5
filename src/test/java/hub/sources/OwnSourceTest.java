package hub.sources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class OwnSourceTest {
  private static final String SECRET = "shop+secret+of+tests";
  private static final String RECEIVE =
      """
      - route:
          id: shop-webhook
          description: Receives the shop's events.
          from:
            uri: kamelet:webhook-source
            parameters:
              source: shop
              scheme: hmac
              secrets: SHOP_WEBHOOK_SECRET
              signatureHeader: X-Shop-Signature
              eventId: $.id
              eventType: $.type
            steps:
              - to:
                  uri: inbox:shop
      """;
  private static final String HANDLE =
      """
      - route:
          id: shop-note-order
          description: Notes an order.
          from:
            uri: inbox:shop
            parameters:
              types: order.*
            steps:
              - setVariable:
                  name: number
                  expression:
                    jsonpath:
                      expression: $.order.number
              - log:
                  logName: shop.orders
                  message: ${variable.type} ${variable.number}
      """;

  @ParameterizedTest
  @EnumSource(Store.class)
  void two_yaml_files_make_a_source_and_its_handler(Store store) throws Exception {
    try (TestHub hub =
            TestHub.on(store)
                .with("SHOP_WEBHOOK_SECRET", "an-older-secret-of-tests," + SECRET)
                .route("shop-webhook", RECEIVE)
                .route("shop-note-order", HANDLE)
                .routeFile("github/github-webhook.camel.yaml")
                .start();
        LogLines orders = LogLines.of("shop.orders")) {
      String placed = "{\"id\":\"1\",\"type\":\"order.placed\",\"order\":{\"number\":4711}}";
      String viewed = "{\"id\":\"2\",\"type\":\"page.viewed\"}";

      assertThat(post(hub, placed, SECRET)).isEqualTo(200);
      assertThat(post(hub, placed, SECRET)).isEqualTo(200);
      assertThat(post(hub, viewed, SECRET)).isEqualTo(200);
      assertThat(post(hub, placed, "another secret")).isEqualTo(400);
      await()
          .until(() -> hub.query("SELECT status FROM inbox_delivery").equals(Optional.of("done")));

      assertThat(orders.lines()).containsExactly("INFO order.placed 4711");
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).contains("2");
      assertThat(hub.query("SELECT count(*) FROM inbox_delivery"))
          .as("what nobody handles is ignored")
          .contains("1");
    }
  }

  @Test
  void a_source_that_is_not_optional_refuses_to_start_without_its_secret() {
    TestHub.Builder hub = TestHub.on(Store.H2).route("shop-webhook", RECEIVE);

    assertThatThrownBy(() -> hub.start().close())
        .hasStackTraceContaining(
            "webhook source shop, secrets SHOP_WEBHOOK_SECRET: secrets: none given");
  }

  private static int post(TestHub hub, String body, String secret) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(UTF_8), "HmacSHA256"));
    String signature = HexFormat.of().formatHex(mac.doFinal(body.getBytes(UTF_8)));
    return hub.post("/api/webhooks/shop", body, "X-Shop-Signature", signature).statusCode();
  }
}
