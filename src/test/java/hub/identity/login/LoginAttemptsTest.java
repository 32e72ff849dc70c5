package hub.identity.login;

import static org.assertj.core.api.Assertions.assertThat;

import hub.identity.session.RandomSecret;
import hub.testing.Hubs;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class LoginAttemptsTest {
  private static final Hubs HUBS =
      new Hubs(
          store -> TestHub.on(store).routeFile("github/github-show-repository.camel.yaml").start());

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  @ParameterizedTest
  @EnumSource
  void of_many_callbacks_at_once_one_uses_the_state(Store store) throws Exception {
    LoginAttempts attempts = new LoginAttempts(HUBS.on(store).database(), Clock.systemUTC());
    String state = RandomSecret.next();
    attempts.begin(state, "github", "/home");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Optional<String>> take = () -> attempts.take(state, "github");
      List<Future<Optional<String>>> taken =
          threads.invokeAll(Stream.generate(() -> take).limit(16).toList());

      List<String> ways = new ArrayList<>();
      for (Future<Optional<String>> one : taken) {
        one.get().ifPresent(ways::add);
      }
      assertThat(ways).containsExactly("/home");
    } finally {
      threads.shutdown();
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_was_never_finished_is_deleted(Store store) {
    Clock later =
        Clock.offset(Clock.systemUTC(), LoginAttempts.LIFETIME.plus(Duration.ofSeconds(1)));
    String state = RandomSecret.next();
    new LoginAttempts(HUBS.on(store).database(), Clock.systemUTC()).begin(state, "github", "/");
    LoginAttempts attempts = new LoginAttempts(HUBS.on(store).database(), later);

    assertThat(attempts.take(state, "github")).isEmpty();
    assertThat(attempts.expire()).isPositive();
    assertThat(
            HUBS.on(store)
                .query(
                    "SELECT provider FROM login_attempt WHERE state_hash = ?",
                    RandomSecret.hash(state)))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void however_many_are_begun_the_store_keeps_so_many(Store store) {
    TestHub hub = HUBS.on(store);
    hub.update("DELETE FROM login_attempt");
    LoginAttempts attempts = new LoginAttempts(hub.database(), Clock.systemUTC(), 20);
    String last = "";
    for (int i = 0; i < 101; i++) {
      last = RandomSecret.next();
      attempts.begin(last, "github", "/");
    }

    assertThat(hub.query("SELECT count(*) FROM login_attempt").map(Integer::parseInt).orElse(0))
        .isLessThanOrEqualTo(40);
    assertThat(attempts.take(last, "github")).contains("/");
  }
}
