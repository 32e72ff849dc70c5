package hub.call.http;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls whose host a message says. 127.0.0.2 stands for an address of the internet. */
class VariableHostTest {
  private static final WireMockServer TENANT =
      new WireMockServer(WireMockConfiguration.options().dynamicPort().bindAddress("127.0.0.2"));

  private static TestHub hub;

  @BeforeAll
  static void start() {
    TENANT.start();
    hub =
        TestHub.on(Store.H2)
            .bind(PublicAddresses.Resolver.BEAN, (PublicAddresses.Resolver) VariableHostTest::all)
            .with("hub.forward.private-networks", "127.0.0.2")
            .with("hub.breaker.attempts", "2")
            .with("hub.call.retries", "0")
            .routeFile("policies/*.camel.yaml")
            .route("by-host", ask("by-host", "'http://{tenant}:" + TENANT.port() + "/api'"))
            .route("by-url", ask("by-url", "'{tenant}'"))
            .route(
                "by-name",
                ask("by-name", "http://127.0.0.2:" + TENANT.port())
                    .replace("provider: tenants", "provider: \"crm-{tenant}\"")
                    .replace("/things/{thing}", "/{tenant}"))
            .route(
                "tenant-forward",
                """
                - route:
                    id: tenant-forward
                    description: Forwards to the address that the event says.
                    from:
                      uri: inbox:shop
                      parameters: {refused: park}
                      steps:
                        - setVariable:
                            name: hookUrl
                            expression:
                              jsonpath:
                                expression: $.url
                                resultType: java.lang.String
                        - to:
                            id: forward-to-tenant
                            uri: kamelet:webhook-sink
                            parameters:
                              url: "{hookUrl}"
                              sign: none
                """)
            .start();
  }

  private static InetAddress[] all(String host) throws UnknownHostException {
    byte[] address =
        switch (host) {
          case "one.example", "two.example", "three.example", "four.example" ->
              new byte[] {127, 0, 0, 2};
          case "inside.example" -> new byte[] {10, 0, 0, 7};
          default -> InetAddress.getByName(host).getAddress();
        };
    return new InetAddress[] {InetAddress.getByAddress(host, address)};
  }

  private static String ask(String id, String base) {
    return """
        - route:
            id: %1$s
            description: Asks a tenant's API.
            from:
              uri: platform-http:/api/test/%1$s
              steps:
                - to:
                    id: ask-%1$s
                    uri: kamelet:http-api-action
                    parameters:
                      baseUrl: %2$s
                      path: /things/{thing}
                      provider: tenants
                - marshal:
                    json:
                      library: Jackson
        """
        .formatted(id, base);
  }

  @BeforeEach
  void answer() {
    TENANT.resetAll();
    TENANT.stubFor(any(anyUrl()).willReturn(okJson("{\"a\":1}")));
    hub.empty();
  }

  @AfterAll
  static void stop() {
    hub.close();
    TENANT.stop();
  }

  private static HttpResponse<String> get(String route, String tenant) {
    return hub.get(
        "/api/test/"
            + route
            + "?thing=7&tenant="
            + URLEncoder.encode(tenant, StandardCharsets.UTF_8));
  }

  private static int arrived() {
    return TENANT.findAll(anyRequestedFor(anyUrl())).size();
  }

  @Test
  void the_host_or_the_whole_address_may_be_a_variable() {
    assertThat(get("by-host", "one.example").body()).isEqualTo("{\"a\":1}");
    assertThat(get("by-url", "http://two.example:" + TENANT.port() + "/base/?key=k").statusCode())
        .isEqualTo(200);
    assertThat(TENANT.findAll(anyRequestedFor(anyUrl())))
        .extracting(one -> one.getHeader("Host") + one.getUrl())
        .containsExactlyInAnyOrder(
            "one.example:" + TENANT.port() + "/api/things/7",
            "two.example:" + TENANT.port() + "/base/things/7?key=k");
  }

  @ParameterizedTest
  @CsvSource({
    "by-host, localhost, not one of the internet",
    "by-host, 127.0.0.1, not one of the internet",
    "by-host, inside.example, not one of the internet",
    "by-url, http://169.254.169.254/latest, not one of the internet",
    "by-url, 'http://[::ffff:127.0.0.1]/', not one of the internet",
    "by-host, one.example/x?y=, no name of a host",
    "by-host, a@one.example, no name of a host",
    "by-url, http://a@one.example/, no http or https address",
    "by-url, file:///etc/passwd, no http or https address",
    "by-url, one.example, no http or https address"
  })
  void another_host_is_refused_for_good(String route, String tenant, String reason) {
    HttpResponse<String> response = get(route, tenant);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains(reason);
    assertThat(arrived()).isZero();
  }

  @Test
  void an_event_that_names_a_host_inside_is_not_tried_again() {
    String id =
        hub.append("shop", "inside", "order.paid", "k", "{\"url\":\"http://inside.example/hook\"}");
    await().until(() -> "dead".equals(state(id)));
    assertThat(hub.json("/api/admin/events/" + id).toString())
        .contains("not one of the internet", "hub.forward.private-networks");
    assertThat(hub.query("SELECT attempts FROM inbox_delivery WHERE event_id = ?", id))
        .contains("1");
  }

  @Test
  void an_event_goes_to_the_address_that_it_names() {
    String body = "{\"url\":\"http://one.example:" + TENANT.port() + "/hook\"}";
    String id = hub.append("shop", "one", "order.paid", "k", body);
    await().until(() -> "done".equals(state(id)));
    assertThat(TENANT.findAll(anyRequestedFor(anyUrl())))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.getBodyAsString()).isEqualTo(body);
              assertThat(one.getHeader("webhook-id")).isEqualTo(id);
            });
  }

  private static String state(String id) {
    return hub.json("/api/admin/events/" + id).get("handlers").get(0).get("status").asText();
  }

  @Test
  void a_host_that_fails_closes_the_way_to_itself_alone() {
    TENANT.stubFor(
        any(anyUrl())
            .withHost(com.github.tomakehurst.wiremock.client.WireMock.equalTo("three.example"))
            .willReturn(aResponse().withStatus(500)));
    for (int i = 0; i < 3; i++) {
      assertThat(get("by-host", "three.example").statusCode()).isEqualTo(503);
    }
    int before = arrived();
    assertThat(get("by-host", "three.example").body()).contains("its circuit breaker is open");
    assertThat(arrived()).isEqualTo(before).isEqualTo(2);
    assertThat(get("by-host", "one.example").statusCode()).isEqualTo(200);
  }

  @Test
  void a_provider_that_a_message_names_has_a_breaker_of_its_own() {
    TENANT.stubFor(any(urlPathEqualTo("/bad")).willReturn(aResponse().withStatus(500)));
    for (int i = 0; i < 3; i++) {
      assertThat(get("by-name", "bad").statusCode()).isEqualTo(503);
    }
    assertThat(get("by-name", "bad").body()).contains("crm-bad", "its circuit breaker is open");
    assertThat(arrived()).isEqualTo(2);
    assertThat(get("by-name", "good").statusCode()).isEqualTo(200);
    assertThat(hub.get("/api/test/by-name?thing=7").body()).contains("{tenant}");
  }

  @Test
  void a_host_that_asks_for_a_pause_pauses_itself_alone() {
    TENANT.stubFor(
        any(anyUrl())
            .withHost(com.github.tomakehurst.wiremock.client.WireMock.equalTo("four.example"))
            .willReturn(aResponse().withStatus(429).withHeader("Retry-After", "3600")));
    assertThat(get("by-url", "http://four.example:" + TENANT.port()).statusCode()).isEqualTo(429);
    int before = arrived();
    assertThat(get("by-url", "http://four.example:" + TENANT.port()).body())
        .contains("four.example", "takes no more calls for now");
    assertThat(arrived()).isEqualTo(before);
    assertThat(get("by-url", "http://one.example:" + TENANT.port()).statusCode()).isEqualTo(200);
  }
}
