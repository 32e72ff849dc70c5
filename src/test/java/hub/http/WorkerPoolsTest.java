package hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.http.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerPoolsTest {
  private final Vertx vertx = Vertx.vertx();
  private final WorkerPools workerPools = new WorkerPools();
  private final CountDownLatch slow = new CountDownLatch(1);

  @AfterEach
  void stop() throws Exception {
    slow.countDown();
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private Future<String> hangs(WorkerPools.Group group) {
    return workerPools.run(
        vertx,
        group,
        () -> {
          slow.await();
          return "late";
        });
  }

  private static <T> T of(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  @Test
  void whoever_waits_in_one_group_holds_up_no_other_and_is_bounded() throws Exception {
    List<Future<String>> waiting = new ArrayList<>();
    for (int i = 0; i < 8 + 500; i++) {
      waiting.add(hangs(WorkerPools.Group.LOGIN));
    }
    for (int i = 0; i < 64; i++) {
      waiting.add(hangs(WorkerPools.Group.CALLS));
    }

    assertThat(of(workerPools.run(vertx, WorkerPools.Group.WEBHOOKS, () -> "at once")))
        .isEqualTo("at once");
    assertThat(of(workerPools.run(vertx, WorkerPools.Group.CONSOLE, () -> "at once")))
        .isEqualTo("at once");
    assertThatThrownBy(() -> of(hangs(WorkerPools.Group.LOGIN)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(503);
              assertThat(refusal.problem().reason()).isEqualTo("overloaded");
              assertThat(refusal.problem().retryAfterSeconds()).isPresent();
            });
    assertThat(waiting).noneMatch(Future::isComplete);

    slow.countDown();
    for (Future<String> one : waiting) {
      assertThat(of(one)).isEqualTo("late");
    }
    await()
        .untilAsserted(
            () ->
                assertThat(of(workerPools.run(vertx, WorkerPools.Group.LOGIN, () -> "again")))
                    .isEqualTo("again"));
  }

  @Test
  void work_that_fails_gives_its_place_back() {
    for (int i = 0; i < 600; i++) {
      assertThatThrownBy(
              () ->
                  of(
                      workerPools.run(
                          vertx,
                          WorkerPools.Group.LOGIN,
                          () -> {
                            throw new IllegalStateException("broken");
                          })))
          .hasRootCauseMessage("broken");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/api/webhooks/shop, WEBHOOKS",
    "/api/webhooks, WEBHOOKS",
    "/api/webhooksters, CALLS",
    "/api/auth/{provider}/login, LOGIN",
    "/api/auth/tokens/{provider}/{subject}, LOGIN",
    "/api/admin/events, CONSOLE",
    "/console, CONSOLE",
    "/console/app.js, CONSOLE",
    "/api/payments/intents, CALLS",
    "/, CALLS",
  })
  void a_path_has_its_group(String path, WorkerPools.Group group) {
    assertThat(WorkerPools.Group.of(path)).isEqualTo(group);
  }
}
