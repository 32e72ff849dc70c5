package hub.login;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Store;
import hub.testing.TestHub;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A login provider that takes every connection and answers none. */
class HangingProviderTest {
  private static final String WEBHOOK =
      """
      - route:
          id: shop-webhook
          description: Receives the shop's events.
          from:
            uri: platform-http:/api/webhooks/shop
            parameters: {httpMethodRestrict: POST, useBodyHandler: false}
            steps:
              - setVariable:
                  name: eventId
                  expression: {simple: {expression: "${header.X-Event}"}}
              - setVariable:
                  name: type
                  expression: {constant: {expression: order.paid}}
              - to: {id: store, uri: "inbox:shop"}
              - setBody:
                  expression: {constant: {expression: taken}}
      """;

  @Test
  void logins_at_a_provider_that_hangs_hold_up_no_webhook() throws Exception {
    HttpClient browsers = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    try (ServerSocket provider = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        TestHub hub =
            TestHub.on(Store.H2)
                .with("hub.call.attempt-seconds", "8")
                .with("hub.call.total-seconds", "8")
                .route("shop-webhook", WEBHOOK)
                .loginProviders(
                    "slow: {issuer: \"http://localhost:%d\", client-id: a}"
                        .formatted(provider.getLocalPort()))
                .start()) {
      List<CompletableFuture<HttpResponse<String>>> logins = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        logins.add(
            browsers.sendAsync(
                HttpRequest.newBuilder(hub.url("/api/auth/slow/login")).build(),
                HttpResponse.BodyHandlers.ofString()));
      }

      for (int i = 0; i < 10; i++) {
        long begun = System.nanoTime();
        assertThat(hub.post("/api/webhooks/shop", "{}", "X-Event", "evt_" + i).statusCode())
            .isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        if (i == 0) {
          assertThat(logins.stream().filter(login -> !login.isDone()).count())
              .isGreaterThanOrEqualTo(LoginThreads.MOST);
        }
      }

      int overloaded = 0;
      for (CompletableFuture<HttpResponse<String>> login : logins) {
        HttpResponse<String> answer = login.get();
        assertThat(answer.statusCode()).isBetween(503, 504);
        overloaded += answer.body().contains("urn:hub:problem:overloaded") ? 1 : 0;
        if (answer.body().contains("urn:hub:problem:overloaded")) {
          assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
      }
      assertThat(overloaded).isEqualTo(120 - LoginThreads.MOST);
    }
  }
}
