package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenamedClassRulesTest {
  @TempDir private Path root;
  private HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  @ParameterizedTest
  @CsvSource({
    "hub.stripe.Money, hub.provider.stripe.Money",
    "hub.stripe.ClientSecrets, hub.provider.stripe.ClientSecrets",
    "hub.stripe.OwnEvents, hub.provider.stripe.OwnEventFilter",
    "hub.outbound.CallFailed, hub.call.policy.CallFailedException",
    "hub.outbound.EnterCall, hub.call.policy.BeginAttempt",
    "hub.outbound.Providers, hub.call.policy.Providers",
    "hub.outbound.ApiCall, hub.call.http.HttpApiCall",
    "hub.outbound.LeaveToken, hub.call.http.FetchAccessToken",
    "hub.edge.WebhookGate, hub.webhook.WebhookVerifier",
    "hub.edge.RaiseProblem, hub.http.problem.RaiseProblem",
    "hub.api.JsonBody, hub.http.openapi.JsonBody",
    "hub.watch.AlertWatch, hub.monitoring.alert.AlertWatch",
    "hub.edge.HubServerFactory, hub.http.server.HubServerFactory"
  })
  void an_earlier_name_is_answered_with_that_of_the_class_today(String earlier, String today)
      throws Exception {
    hub.write("application.properties", "# first\ncamel.beans.any = #class:" + earlier + "\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:2: " + earlier + " is now " + today + "; write the new name");
    assertThat(Class.forName(today)).isNotNull();
  }

  @Test
  void a_route_that_names_one_anywhere_gets_file_and_line() {
    hub.write(
        "routes/shop/a.camel.yaml",
        """
        - beans:
            - name: amount
              type: hub.stripe.Money
            - name: own
              type: "#class:hub.stripe.OwnEvents"
        """);
    hub.route(
        "b",
        "direct:b",
        """
        - setBody:
            expression:
              method:
                beanType: hub.stripe.Money
                method: toMinor(1, 'usd')
        - doTry:
            steps:
              - to:
                  uri: bean:hub.stripe.Money?method=toMajor
            doCatch:
              - exception:
                  - hub.outbound.CallFailed
                steps:
                  - log:
                      message: no
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/a.camel.yaml:3: hub.stripe.Money is now hub.provider.stripe.Money;"
                + " write the new name",
            "routes/shop/a.camel.yaml:5: hub.stripe.OwnEvents is now hub.provider.stripe.OwnEventFilter;"
                + " write the new name",
            "routes/shop/b.camel.yaml:10: hub.stripe.Money is now hub.provider.stripe.Money;"
                + " write the new name",
            "routes/shop/b.camel.yaml:15: hub.stripe.Money is now hub.provider.stripe.Money;"
                + " write the new name",
            "routes/shop/b.camel.yaml:18: hub.outbound.CallFailed is now"
                + " hub.call.policy.CallFailedException; write the new name");
  }

  @Test
  void a_kamelet_that_names_one_gets_file_and_line() {
    hub.write(
        "routes/kamelets/shop-action.kamelet.yaml",
        """
        apiVersion: camel.apache.org/v1
        kind: Kamelet
        metadata:
          name: shop-action
        spec:
          definition:
            title: Shop
          template:
            beans:
              - name: verifier
                type: "#class:hub.edge.WebhookGate"
            from:
              uri: kamelet:source
              steps:
                - to:
                    uri: kamelet:sink
        """);

    assertThat(hub.printed())
        .containsExactly(
            "routes/kamelets/shop-action.kamelet.yaml:11: hub.edge.WebhookGate is now"
                + " hub.webhook.WebhookVerifier; write the new name");
  }

  @Test
  void other_names_that_contain_one_are_left_alone() {
    hub.write(
        "application.properties",
        """
        shop.a = my.hub.stripe.Money
        shop.b = hub.stripe.MoneyBag
        shop.c = hub.provider.stripe.Money
        """);

    assertThat(hub.printed()).isEmpty();
  }
}
