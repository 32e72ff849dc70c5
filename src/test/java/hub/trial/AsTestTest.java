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
}
