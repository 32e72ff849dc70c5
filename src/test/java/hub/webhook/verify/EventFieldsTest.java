package hub.webhook.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventFieldsTest {

  @Test
  void the_defaults_are_those_of_the_reference() {
    assertDefaults("stripe", List.of("$.id"), List.of("$.type"), List.of("$.data.object.id"));
    assertDefaults(
        "github", List.of("header:X-GitHub-Delivery"), List.of("header:X-GitHub-Event"), List.of());
    assertDefaults(
        "slack",
        List.of("$.event_id", "hash"),
        List.of("$.event.type", "$.type", "form:command='command'", "'form'"),
        List.of());
    assertDefaults(
        "shopify",
        List.of("header:X-Shopify-Webhook-Id"),
        List.of("header:X-Shopify-Topic"),
        List.of());
    assertDefaults(
        "standard-webhooks",
        List.of("header:webhook-id", "header:svix-id"),
        List.of("$.type"),
        List.of());
  }

  private static void assertDefaults(
      String scheme, List<String> id, List<String> type, List<String> key) {
    assertThat(Shipped.SCHEMES.fieldsOf(SchemeOptions.of(scheme)))
        .isEqualTo(new EventFields(id, type, key));
    assertThat(Shipped.fieldsOf(scheme, null, "", " ")).isEqualTo(new EventFields(id, type, key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hmac", "bearer", "basic", "none"})
  void a_scheme_without_an_id_of_its_own_needs_one(String scheme) {
    assertThatThrownBy(() -> Shipped.fieldsOf(scheme, null, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("eventId: required for scheme " + scheme);
    assertThat(Shipped.fieldsOf(scheme, "header:X-Id", null, null))
        .isEqualTo(new EventFields(List.of("header:X-Id"), List.of("'event'"), List.of()));
  }

  @Test
  void what_the_route_says_replaces_all_of_the_default() {
    assertThat(Shipped.fieldsOf("slack", "$.trigger_id", "header:X-Kind", "$.team_id"))
        .isEqualTo(
            new EventFields(
                List.of("$.trigger_id"), List.of("header:X-Kind"), List.of("$.team_id")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "header:",
        "header: X",
        "header:X Y",
        "Header:X",
        "hash",
        "form:",
        "form:a='b'",
        ".id"
      })
  void an_expression_is_a_header_or_a_json_path(String expression) {
    assertThatThrownBy(() -> Shipped.fieldsOf("stripe", expression, expression, expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "eventId: '" + expression + "' is neither header:NAME nor form:NAME nor a JSONPath")
        .hasMessageContaining("eventType: '")
        .hasMessageContaining("orderingKey: '");
  }

  @Test
  void a_type_may_be_a_constant_and_every_field_one_of_a_form() {
    assertThat(Shipped.fieldsOf("bearer", "form:id", "'order.paid'", "form:customer"))
        .isEqualTo(
            new EventFields(List.of("form:id"), List.of("'order.paid'"), List.of("form:customer")));
    for (String open : List.of("'", "''", "'a'b'")) {
      assertThatThrownBy(() -> Shipped.fieldsOf("bearer", "$.id", open, ""))
          .hasMessageStartingWith("eventType: ");
    }
    assertThatThrownBy(() -> Shipped.fieldsOf("bearer", "'same'", "", ""))
        .hasMessageStartingWith("eventId: ");
  }

  @Test
  void an_unknown_scheme_has_no_fields() {
    assertThatThrownBy(() -> Shipped.fieldsOf("strip", null, null, null))
        .hasMessageContaining("did you mean 'stripe'?");
  }
}
