package hub.trial;

import static org.assertj.core.api.Assertions.assertThat;

import hub.lint.TestFiles;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A test that is made of a stored event. */
class AsTestTest {
  @TempDir private Path folder;

  @Test
  void a_stored_event_becomes_a_test_without_persons_and_secrets() throws IOException {
    String payload =
        """
        {"id": "evt_1", "created": 1764500000, "livemode": false, "empty": {}, "yes": "no",
         "data": {"object": {"id": "sub_1", "customer_email": "ada@lovelace.org", "name": "Ada",
          "shipping": {"phone": "+44 1"}, "client_secret": "pi_secret", "note": "ask ada@lovelace.org",
          "items": [{"price": 12.50, "quantity": 2}]}}}""";
    String event =
        Json.text(
            Map.of(
                "source", "stripe",
                "type", "customer.subscription.created",
                "orderingKey", "sub_1",
                "status", "done",
                "headers", Map.of("Content-Type", "application/json", "Stripe-Signature", "***"),
                "payload", payload));
    String yaml = AsTest.of(Json.own(event));
    assertThat(yaml)
        .contains("source: stripe", "orderingKey: sub_1", "created: 1764500000", "price: 12.50")
        .contains("customer_email: somebody@example.com", "name: masked", "phone: masked")
        .contains("client_secret: masked", "\"yes\": \"no\"", "then: {state: done}")
        .doesNotContain("lovelace", "Ada", "pi_secret", "Signature", "+44");
    Path file = Files.writeString(folder.resolve("a.test.yaml"), yaml);
    TestFiles.Content read = new TestFiles(folder).read(file);
    assertThat(read.faults()).isEmpty();
    assertThat(read.tests())
        .singleElement()
        .satisfies(
            test ->
                assertThat(Json.text(test.given().fields().get("payload")))
                    .contains("\"items\":[{\"price\":12.50,\"quantity\":2}]", "\"empty\":{}"));
  }

  private static String formOf(String payload) {
    return AsTest.of(
        Json.own(
            Json.text(
                Map.of(
                    "source",
                    "slack",
                    "type",
                    "command",
                    "status",
                    "done",
                    "headers",
                    Map.of(
                        "Content-Type",
                        "application/x-www-form-urlencoded; charset=utf-8",
                        "X-Forwarded-For",
                        "203.0.113.9, 10.0.0.1",
                        "X-Event-Name",
                        "order paid",
                        "X-User-Name",
                        "ada"),
                    "payload",
                    payload))));
  }

  @Test
  void a_form_and_headers_are_masked_by_name() {
    assertThat(
            formOf(
                "user_name=Ada&customer%5Bemail%5D=ada%40lovelace.org&note=by+ada%40lovelace.org&tel=%2B44&n=7&empty=&flag&bad=%zz&payload=%7B%22pwd%22%3A%22hunter2%22%2C%22n%22%3A7%7D"))
        .contains(
            "\"user_name=masked&customer%5Bemail%5D=masked&note=by+somebody%40example.com&tel=masked&n=7&empty=&flag&bad=masked&payload=%7B%22pwd%22%3A%22masked%22%2C%22n%22%3A7%7D\"")
        .contains("X-Forwarded-For: \"192.0.2.1\"", "X-Event-Name: \"order paid\"")
        .contains("X-User-Name: \"masked\"")
        .doesNotContain("Ada", "lovelace", "203.0.113.9", "hunter2");
  }

  @Test
  void secrets_of_links_and_short_names_are_masked() {
    String payload =
        """
        {"link": "see https://files.example/a?expires=7&X-Amz-Signature=abc123&key=abc123#access_token=abc123",
         "url": "https://api.example/x?token=abc123&page=2", "pwd": "abc123", "tel": 441,
         "access_key": "abc123", "awsSecretKey": "abc123", "postal_code": "abc123", "shipping_zip": "abc123",
         "template": "welcome", "key": "order-7", "telemetry": "on"}""";
    String yaml =
        AsTest.of(
            Json.own(
                Json.text(
                    Map.of(
                        "source", "shop", "type", "paid", "status", "done", "payload", payload))));
    assertThat(yaml)
        .contains(
            "https://files.example/a?expires=7&X-Amz-Signature=masked&key=masked#access_token=masked")
        .contains("https://api.example/x?token=masked&page=2", "tel: 0", "pwd: masked")
        .contains("template: welcome", "key: order-7", "telemetry: \"on\"")
        .doesNotContain("abc123", "441");
  }
}
