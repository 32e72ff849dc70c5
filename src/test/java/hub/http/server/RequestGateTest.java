package hub.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.http.problem.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RequestGateTest {
  private static final Duration HOLD = Duration.ofMillis(400);
  private static final List<Pattern> SHOP = List.of(Pattern.compile("/shop"));

  private final RequestGate gate = new RequestGate(HOLD, 1);
  private final HttpClient client = HttpClient.newHttpClient();
  private Vertx vertx;
  private HttpServer server;

  @BeforeEach
  void listen() throws Exception {
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> gate.pass(request, this::answer, problem -> refuse(request, problem)))
            .listen(0)
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private void answer(HttpServerRequest request) {
    request.body().onSuccess(body -> request.response().end(body));
    request.response().endHandler(end -> gate.leave(request));
  }

  private static void refuse(HttpServerRequest request, Problem problem) {
    request.response().setStatusCode(problem.status()).end(problem.reason());
  }

  private CompletableFuture<HttpResponse<String>> post(String path) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort() + path))
            .POST(HttpRequest.BodyPublishers.ofString("body of " + path))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void a_request_waits_with_its_body_until_its_path_opens_and_others_do_not() throws Exception {
    assertThat(gate.close(SHOP, 1_000)).isTrue();
    CompletableFuture<HttpResponse<String>> held = post("/shop");
    assertThat(post("/other").get(5, TimeUnit.SECONDS).body()).isEqualTo("body of /other");
    assertThat(held).isNotDone();
    gate.open();
    assertThat(held.get(5, TimeUnit.SECONDS).body()).isEqualTo("body of /shop");
  }

  @Test
  void a_request_that_waits_too_long_or_is_one_too_many_is_answered_503() throws Exception {
    gate.close(SHOP, 1_000);
    CompletableFuture<HttpResponse<String>> first = post("/shop");
    CompletableFuture<HttpResponse<String>> second = post("/shop");
    await().until(() -> first.isDone() && second.isDone());
    assertThat(List.of(first.get().statusCode(), second.get().statusCode())).containsOnly(503);
    assertThat(first.get().body()).isEqualTo("reloading");
    gate.open();
    assertThat(post("/shop").get(5, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }
}
