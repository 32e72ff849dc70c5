package hub.identity.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A login provider that accepts connections and never answers. */
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

  /** Longer than the test: logins that wait for the provider are still waiting at its end. */
  private static final String HANGS_SECONDS = "300";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void logins_at_a_provider_that_hangs_hold_up_neither_webhooks_nor_other_logins()
      throws Exception {
    HttpClient browsers = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    ServerSocket provider = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    try (provider;
        TestHub hub =
            TestHub.on(Store.H2)
                .with("hub.call.attempt-seconds", HANGS_SECONDS)
                .with("hub.call.total-seconds", HANGS_SECONDS)
                .with("hub.call.retries", "0")
                .route("shop-webhook", WEBHOOK)
                .loginProviders(
                    """
                    slow: {issuer: "http://localhost:%d", client-id: a}
                    other:
                      authorize-url: http://localhost/authorize
                      token-url: http://localhost/token
                      user-info-url: http://localhost/user
                      subject: $.id
                      client-id: a
                    """
                        .formatted(provider.getLocalPort()))
                .start()) {
      List<CompletableFuture<HttpResponse<String>>> logins = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        logins.add(ask(browsers, hub, "/api/auth/slow/login"));
      }
      // Logins beyond the limit are refused at once; all others hang.
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  logins.stream().filter(CompletableFuture::isDone).count()
                      == 120 - LoginThreads.MAX_PENDING);

      for (int i = 0; i < 10; i++) {
        assertThat(hub.post("/api/webhooks/shop", "{}", "X-Event", "evt_" + i).statusCode())
            .isEqualTo(200);
      }
      assertThat(ask(browsers, hub, "/api/auth/other/login").get().statusCode()).isEqualTo(302);
      assertThat(logins.stream().filter(login -> !login.isDone()).count())
          .isEqualTo(LoginThreads.MAX_PENDING);

      provider.close();
      int overloaded = 0;
      for (CompletableFuture<HttpResponse<String>> login : logins) {
        HttpResponse<String> answer = login.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        if (answer.body().contains("urn:hub:problem:overloaded")) {
          overloaded++;
          assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
      }
      assertThat(overloaded).isEqualTo(120 - LoginThreads.MAX_PENDING);
      // The hanging logins have released their permits.
      HttpResponse<String> after = ask(browsers, hub, "/api/auth/slow/login").get();
      assertThat(after.body()).doesNotContain("urn:hub:problem:overloaded");
    }
  }

  private static CompletableFuture<HttpResponse<String>> ask(
      HttpClient browsers, TestHub hub, String path) {
    return browsers.sendAsync(
        HttpRequest.newBuilder(hub.url(path)).timeout(PATIENCE).build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
