package hub.provider.stripe;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.RequestMethod;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import hub.testing.Stripe;
import hub.testing.TestHub;
import hub.util.Json;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A handler that calls Stripe does so once for each event, however often it runs. */
class StripeHandlerTest {
  private static final StripeApi STRIPE = new StripeApi();

  /** Calls Stripe with the call policy. */
  private static final String REFUND =
      """
      - route:
          id: refund-disputed
          description: Refunds a charge that is disputed.
          routeConfigurationId: retry-then-park
          from:
            uri: inbox:stripe
            parameters:
              types: charge.dispute.created
              retryDelaysSeconds: "0,0"
            steps:
              - setVariable:
                  name: charge
                  expression:
                    jsonpath:
                      expression: $.data.object.charge
              - setBody:
                  expression:
                    simple:
                      expression: "${map(charge, ${variable.charge})}"
              - kamelet:
                  name: provider-call-action
                  parameters:
                    provider: stripe
                    operation: refund-disputed
                    needs: STRIPE_SECRET_KEY
                    maxRetries: 0
                  steps:
                    - to:
                        id: refund-charge
                        uri: stripe:refunds
      """;

  /** Calls Stripe twice, without the call policy. */
  private static final String BARE =
      """
      - route:
          id: note-payout
          description: Makes two objects of one event.
          from:
            uri: inbox:stripe
            parameters:
              types: payout.paid
              retryDelaysSeconds: "0"
            steps:
              - setBody:
                  expression:
                    simple:
                      expression: "${map(name, paid)}"
              - to:
                  id: make-product
                  uri: stripe:products
              - setBody:
                  expression:
                    simple:
                      expression: "${map(name, paid)}"
              - to:
                  id: make-second-product
                  uri: stripe:products
      """;

  /** Two requests in one call, and one after it; twice, under the same name. */
  private static final String THREE =
      """
      - route:
          id: settle-account
          description: Makes three objects of one event.
          from:
            uri: %s
            steps:
              - setBody:
                  expression:
                    simple:
                      expression: "${map(name, paid)}"
              - setVariable:
                  name: asked
                  expression:
                    simple:
                      expression: ${body}
              - kamelet:
                  name: provider-call-action
                  parameters:
                    provider: stripe
                    operation: settle
                    needs: STRIPE_SECRET_KEY
                  steps:
                    - to:
                        id: %s-product
                        uri: stripe:products
                    - setBody:
                        expression:
                          variable:
                            expression: asked
                    - to:
                        id: %s-customer
                        uri: stripe:customers
              - setBody:
                  expression:
                    variable:
                      expression: asked
              - to:
                  id: %s-price
                  uri: stripe:prices
      """;

  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub =
        StripeApi.hub("http://localhost:1")
            // For all routes, instead of the variable.
            .with("camel.component.stripe.apiBase", STRIPE.address())
            .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .route("refund-disputed", REFUND)
            .route("note-payout", BARE)
            .route(
                "settle-account",
                THREE.formatted("inbox:stripe?types=account.updated", "event", "event", "event"))
            .route(
                "settle-request",
                THREE
                    .formatted("platform-http:/api/test/settle", "request", "request", "request")
                    .replace("id: settle-account", "id: settle-request"))
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    STRIPE.close();
  }

  @BeforeEach
  void forget() {
    STRIPE.server.resetAll();
  }

  /** Delivers an event as Stripe does; returns its id in the hub. */
  private static String deliver(String id, String type) {
    var answer =
        hub.stripe(
            "stripe",
            """
            {"id":"%s","object":"event","type":"%s","created":1,\
            "data":{"object":{"id":"o_1","charge":"ch_1"}}}"""
                .formatted(id, type));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.own(answer.body()).get("id").asText();
  }

  private static void awaitDone(String event) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> hub.json("/api/admin/events/" + event).get("status").asText().equals("done"));
  }

  private static void replay(String event, int requests) {
    assertThat(hub.operate("/api/admin/events/" + event + "/replay", "").statusCode())
        .isEqualTo(202);
    await().atMost(Duration.ofSeconds(20)).until(() -> keys().size() == requests);
    awaitDone(event);
  }

  private static List<String> keys() {
    return STRIPE.requests(RequestMethod.POST).stream()
        .map(request -> request.getHeader("Idempotency-Key"))
        .toList();
  }

  @Test
  void a_replayed_event_asks_stripe_under_the_same_key() {
    STRIPE.server.stubFor(
        post("/v1/refunds").willReturn(okJson("{\"id\":\"re_1\",\"object\":\"refund\"}")));

    String event = deliver("evt_1", "charge.dispute.created");
    awaitDone(event);
    replay(event, 2);

    assertThat(keys().get(0)).contains(event).contains("refund-disputed");
    assertThat(keys().get(1)).isEqualTo(keys().get(0));
    assertThat(
            STRIPE.requests(RequestMethod.POST).stream()
                .map(request -> request.getBodyAsString())
                .distinct())
        .containsExactly("charge=ch_1");

    String other = deliver("evt_2", "charge.dispute.created");
    awaitDone(other);
    assertThat(keys().get(2)).as("another event is another refund").isNotEqualTo(keys().get(0));
  }

  @Test
  void an_event_whose_answer_was_lost_is_handled_again_under_the_same_key() {
    STRIPE.server.stubFor(
        post("/v1/refunds")
            .inScenario("lost")
            .whenScenarioStateIs(Scenario.STARTED)
            .willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE))
            .willSetStateTo("well"));
    STRIPE.server.stubFor(
        post("/v1/refunds")
            .inScenario("lost")
            .whenScenarioStateIs("well")
            .willReturn(okJson("{\"id\":\"re_1\",\"object\":\"refund\"}")));

    awaitDone(deliver("evt_3", "charge.dispute.created"));

    assertThat(keys()).hasSize(2);
    assertThat(keys().get(1)).isEqualTo(keys().get(0));
  }

  @Test
  void without_the_policy_each_step_has_a_key_of_its_own_made_of_the_event() {
    STRIPE.server.stubFor(
        post("/v1/products").willReturn(okJson("{\"id\":\"prod_1\",\"object\":\"product\"}")));

    String event = deliver("evt_4", "payout.paid");
    awaitDone(event);
    replay(event, 4);

    assertThat(keys().subList(0, 2))
        .containsExactly(
            event + "/note-payout/make-product", event + "/note-payout/make-second-product");
    assertThat(keys().subList(2, 4)).isEqualTo(keys().subList(0, 2));
  }

  private static void answerAll() {
    STRIPE.server.stubFor(
        com.github.tomakehurst.wiremock.client.WireMock.any(
                com.github.tomakehurst.wiremock.client.WireMock.anyUrl())
            .willReturn(okJson("{\"id\":\"o_1\",\"object\":\"product\"}")));
  }

  @Test
  void each_request_of_a_handler_has_a_key_of_its_own_within_a_call_and_after_it() {
    answerAll();

    String event = deliver("evt_9", "account.updated");
    awaitDone(event);

    String key = event + "/settle-account/";
    assertThat(keys())
        .containsExactlyInAnyOrder(
            key + "event-product", key + "event-customer", key + "event-price");
  }

  @Test
  void a_second_request_within_the_call_of_a_caller_has_another_key_than_the_callers() {
    answerAll();

    assertThat(
            hub.send(
                    "POST",
                    "/api/test/settle",
                    new byte[0],
                    "Authorization",
                    "Bearer " + TestHub.API_KEY,
                    "Idempotency-Key",
                    "order-7")
                .statusCode())
        .isLessThan(300);

    assertThat(keys()).hasSize(3).contains("order-7", "order-7/request-customer");
  }
}
