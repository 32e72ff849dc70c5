package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
    hub.write(
        "routes/shop/b.camel.yaml",
        """
        - route:
            id: b
            description: Asks.
            from:
              uri: direct:b
              steps:
                - to:
                    id: ask-b
                    uri: stripe:customers
        """);
  }

  private List<String> handler(String steps) {
    hub.route("a", "inbox:shop", steps);
    return hub.printed().stream().filter(fault -> fault.contains("idempotency key")).toList();
  }

  private static String api(String more) {
    return """
        - to:
            uri: kamelet:http-api-action
            parameters:
              baseUrl: http://localhost
              breaker: crm
        """
        + more;
  }

  @Test
  void two_calls_of_a_handler_with_neither_id_nor_operation_are_refused() {
    assertThat(
            handler(api("") + "- filter:\n    constant: 'true'\n    steps:\n" + api("").indent(6)))
        .singleElement()
        .asString()
        .startsWith("routes/shop/a.camel.yaml:")
        .contains("two calls of handler 'a' have neither id nor operation")
        .contains("give each step an 'id'");
  }

  @Test
  void two_calls_of_one_operation_are_refused_unless_their_steps_have_ids() {
    String change = api("      operation: change\n");

    assertThat(handler(change + change))
        .singleElement()
        .asString()
        .contains("two calls of handler 'a' share the idempotency key 'change'");
    assertThat(handler(change + change.replace("uri:", "id: other\n    uri:"))).isEmpty();
  }

  @Test
  void two_bare_steps_to_stripe_are_refused_unless_they_have_ids() {
    String refund = "- to:\n    uri: stripe:refunds\n";

    assertThat(handler(refund + refund))
        .singleElement()
        .asString()
        .contains("share the idempotency key 'refunds'");
    assertThat(handler(refund + refund.replace("uri:", "id: other\n    uri:"))).isEmpty();
  }

  @Test
  void a_route_that_calls_may_be_reached_twice_by_steps_with_ids_alone() {
    String go = "- to:\n    uri: direct:b\n";

    assertThat(handler(go + go))
        .singleElement()
        .asString()
        .startsWith("routes/shop/b.camel.yaml:7")
        .contains("reached by two ways under one idempotency key, 'ask-b'")
        .contains("routes/shop/a.camel.yaml:7 and routes/shop/a.camel.yaml:9");
    assertThat(handler(go + go.replace("uri:", "id: again\n    uri:"))).isEmpty();
  }

  @Test
  void a_request_within_a_call_is_part_of_it() {
    assertThat(
            handler(
                """
                - kamelet:
                    name: provider-call-action
                    parameters:
                      provider: stripe
                      operation: refund
                    steps:
                      - to:
                          id: refund
                          uri: stripe:refunds
                """))
        .isEmpty();
  }

  @Test
  void a_route_that_is_no_handler_may_call_as_it_likes() {
    hub.route("a", "direct:a", api("") + api(""));

    assertThat(hub.printed()).noneMatch(fault -> fault.contains("idempotency key"));
  }
}
