package hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SchemesApiTest {
  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub =
        TestHub.on(Store.H2)
            .with("GITLAB_WEBHOOK_SECRET", "whsec_of-the-tests")
            .with("META_APP_SECRET", "of-the-tests")
            .with("MY_STRIPE_SECRET", "of-the-tests")
            .scheme(
                "acme",
                """
                title: Acme
                docs: https://docs.acme.example/webhooks
                verify: public-key
                algorithm: ed25519
                signature: {in: "header:Acme-Signature", encoding: hex}
                signed: "{body}"
                keys: {variable: ACME_PUBLIC_KEY}
                """)
            .scheme(
                "stripe",
                """
                title: Our Stripe
                verify: token
                signature: {in: "header:X-Token"}
                secret: {variable: MY_STRIPE_SECRET}
                event: {id: $.id}
                """)
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static JsonNode scheme(String name) {
    for (JsonNode scheme : hub.json("/api/admin/schemes").get("schemes")) {
      if (scheme.get("name").asText().equals(name)) {
        return scheme;
      }
    }
    throw new AssertionError("no scheme " + name);
  }

  @Test
  void a_scheme_of_ones_own_and_one_in_place_of_a_shipped_one_are_told_as_such() {
    assertThat(scheme("acme"))
        .isEqualTo(
            Json.own(
                """
                {"name": "acme", "title": "Acme", "docs": "https://docs.acme.example/webhooks",
                 "verify": "public-key", "variable": "ACME_PUBLIC_KEY",
                 "variables": ["ACME_PUBLIC_KEY"], "configured": false, "own": true}
                """));
    assertThat(scheme("stripe"))
        .isEqualTo(
            Json.own(
                """
                {"name": "stripe", "title": "Our Stripe", "docs": null, "verify": "token",
                 "variable": "MY_STRIPE_SECRET", "variables": ["MY_STRIPE_SECRET"],
                 "configured": true, "own": true}
                """));
  }

  @Test
  void a_shipped_scheme_is_configured_when_all_of_its_variables_are_set() {
    assertThat(scheme("gitlab").get("own").booleanValue()).isFalse();
    assertThat(scheme("gitlab").get("configured").booleanValue()).isTrue();
    assertThat(scheme("github").get("configured").booleanValue()).isFalse();
    assertThat(scheme("meta").get("configured").booleanValue())
        .as("META_VERIFY_TOKEN is not set")
        .isFalse();
    assertThat(scheme("meta").get("variables"))
        .isEqualTo(Json.own("[\"META_APP_SECRET\", \"META_VERIFY_TOKEN\"]"));
    assertThat(scheme("aws-sns").get("configured").booleanValue())
        .as("AWS_SNS_TOPIC_ARN is not set")
        .isFalse();
  }

  @Test
  void generic_schemes_come_last_and_name_no_variable() {
    JsonNode all = hub.json("/api/admin/schemes").get("schemes");
    JsonNode last = all.get(all.size() - 1);

    assertThat(last.get("name").asText()).isEqualTo("none");
    assertThat(last.get("variable").isNull()).isTrue();
    assertThat(last.get("configured").isNull()).isTrue();
  }

  @Test
  void a_file_with_faults_that_came_later_is_told_and_hides_no_other() throws IOException {
    Files.writeString(
        hub.folder().resolve("routes/schemes/broken.scheme.yaml"),
        "title: Broken\nverify: trust\n");

    assertThat(scheme("acme").get("title").asText()).isEqualTo("Acme");
    assertThat(scheme("broken").get("fault").asText()).contains("verify: 'trust' is unknown");
    assertThat(scheme("broken").get("verify").isNull()).isTrue();
  }

  @Test
  void it_is_for_operators_and_takes_no_parameters() {
    assertThat(hub.send("GET", "/api/admin/schemes", new byte[0]).statusCode()).isEqualTo(401);
    assertThat(hub.get("/api/admin/schemes?q=x").statusCode()).isEqualTo(400);
    assertThat(hub.get("/api/admin/schemes").body()).doesNotContain("of-the-tests");
  }
}
