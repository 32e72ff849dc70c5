package hub.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.db.StoreUnavailableException;
import hub.http.problem.ProblemException;
import hub.testing.LogLines;
import hub.testing.SettableClock;
import hub.testing.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One vault, on both databases, with a provider that rotates refresh tokens. */
@Tag("postgres")
@Tag("waits")
class TokenVaultTest {
  private static final Map<Store, VaultNode> NODES = new EnumMap<>(Store.class);
  private static final SettableClock CLOCK = SettableClock.standing();
  private static final AtomicInteger PEOPLE = new AtomicInteger();
  private static final AtomicReference<RotatingProvider> PROVIDER = new AtomicReference<>();

  private final RotatingProvider provider = new RotatingProvider(CLOCK);

  /** Every test has its own person. */
  private final String ada = "auth0|" + PEOPLE.incrementAndGet();

  @BeforeEach
  void freshProvider() {
    PROVIDER.set(provider);
  }

  @AfterAll
  static void close() {
    NODES.values().forEach(VaultNode::close);
    NODES.clear();
  }

  private static VaultNode node(Store store) {
    return NODES.computeIfAbsent(
        store, one -> VaultNode.on(one, VaultNode.endpoint(PROVIDER), CLOCK));
  }

  private static void assertProblem(int status, String reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().reason()).isEqualTo(reason);
              assertThat(e.problem().status()).isEqualTo(status);
            });
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_refresh_that_tells_no_scope_leaves_it_as_it_was(Store store) {
    TokenVault vault = node(store).vault;
    TokenOwner owner = new TokenOwner("github", ada);
    vault.store("github", ada, provider.login());
    provider.scope = "";

    assertThat(vault.renewed(owner).join().scope()).isEqualTo("read write");
    assertThat(vault.current(owner).join().scope()).isEqualTo("read write");
    provider.scope = "read";
    assertThat(vault.renewed(owner).join().scope()).isEqualTo("read");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_token_that_is_valid_for_some_time_is_given_without_asking_the_provider(Store store) {
    TokenVault vault = node(store).vault;
    TokenSet given = provider.login();
    vault.store("github", ada, given);
    CLOCK.advance(RotatingProvider.LIFE.minus(Duration.ofSeconds(61)));

    AccessToken token = vault.current(new TokenOwner("github", ada)).join();

    assertThat(token.value()).isEqualTo(given.accessToken());
    assertThat(token.expiresAt()).isEqualTo(given.expiresAt());
    assertThat(token.scope()).isEqualTo("read write");
    assertThat(provider.calls()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void it_is_refreshed_in_the_last_minute_and_what_was_rotated_serves_the_next_time(Store store) {
    TokenVault vault = node(store).vault;
    TokenSet given = provider.login();
    vault.store("github", ada, given);

    for (int refreshes = 1; refreshes <= 3; refreshes++) {
      CLOCK.advance(RotatingProvider.LIFE.minus(Duration.ofSeconds(60)));
      String fresh = vault.accessToken("github", ada);
      assertThat(fresh).isNotEqualTo(given.accessToken());
      assertThat(vault.accessToken("github", ada)).as("kept").isEqualTo(fresh);
      assertThat(provider.calls()).isEqualTo(refreshes);
    }
    assertThat(provider.refused()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_short_life_has_a_margin_of_its_tenth(Store store) {
    TokenVault vault = node(store).vault;
    provider.life = Duration.ofSeconds(100);
    vault.store("github", ada, provider.login());

    CLOCK.advance(Duration.ofSeconds(89));
    vault.accessToken("github", ada);
    assertThat(provider.calls()).isZero();

    CLOCK.advance(Duration.ofSeconds(1));
    vault.accessToken("github", ada);
    assertThat(provider.calls()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_refresh_answer_without_a_refresh_token_keeps_the_old_one(Store store) {
    TokenVault vault = node(store).vault;
    provider.rotates = false;
    vault.store("google", ada, provider.login());

    for (int i = 1; i <= 2; i++) {
      CLOCK.advance(RotatingProvider.LIFE);
      vault.accessToken("google", ada);
      assertThat(provider.calls()).isEqualTo(i);
    }
    assertThat(provider.refused()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_token_that_never_ends_is_given_as_it_is(Store store) {
    TokenVault vault = node(store).vault;
    vault.store("github", ada, new TokenSet("gho_1", Optional.empty(), Optional.empty(), ""));
    CLOCK.advance(Duration.ofDays(4000));

    assertThat(vault.accessToken("github", ada)).isEqualTo("gho_1");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void one_without_a_refresh_token_is_given_until_its_end_and_then_needs_a_login(Store store) {
    TokenVault vault = node(store).vault;
    vault.store(
        "github",
        ada,
        new TokenSet("short", Optional.empty(), Optional.of(CLOCK.instant().plusSeconds(100)), ""));
    CLOCK.advance(Duration.ofSeconds(99));
    assertThat(vault.accessToken("github", ada)).isEqualTo("short");

    CLOCK.advance(Duration.ofSeconds(1));

    assertProblem(409, "login-required", () -> vault.accessToken("github", ada));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_grant_that_is_over_needs_a_login_and_the_provider_is_not_asked_again_before(Store store) {
    TokenVault vault = node(store).vault;
    vault.store("github", ada, provider.login());
    provider.endEverything();
    CLOCK.advance(RotatingProvider.LIFE.minusSeconds(30));

    assertProblem(409, "login-required", () -> vault.accessToken("github", ada));
    assertProblem(409, "login-required", () -> vault.accessToken("github", ada));
    assertProblem(
        409,
        "login-required",
        () -> {
          try {
            vault.renewed(new TokenOwner("github", ada)).join();
          } catch (java.util.concurrent.CompletionException e) {
            throw e.getCause();
          }
        });
    assertThat(provider.calls()).isEqualTo(1);

    TokenSet again = provider.login();
    vault.store("github", ada, again);
    assertThat(vault.accessToken("github", ada)).isEqualTo(again.accessToken());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void while_the_provider_is_down_the_old_token_serves_until_it_ends(Store store) {
    TokenVault vault = node(store).vault;
    TokenSet given = provider.login();
    vault.store("github", ada, given);
    provider.isDown = true;

    CLOCK.advance(RotatingProvider.LIFE.minusSeconds(1));
    assertThat(vault.accessToken("github", ada)).isEqualTo(given.accessToken());
    assertThat(provider.calls()).as("it was asked").isEqualTo(1);

    CLOCK.advance(Duration.ofSeconds(1));
    assertProblem(503, "provider-unavailable", () -> vault.accessToken("github", ada));

    provider.isDown = false;
    assertThat(vault.accessToken("github", ada)).isNotEqualTo(given.accessToken());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whoever_has_a_valid_token_does_not_wait_long_for_a_slow_provider(Store store)
      throws Exception {
    TokenVault vault = node(store).vault;
    TokenSet given = provider.login();
    vault.store("github", ada, given);
    CLOCK.advance(RotatingProvider.LIFE.minusSeconds(1));
    CountDownLatch answers = new CountDownLatch(1);
    provider.after = () -> awaitQuietly(answers);

    assertThat(vault.accessToken("github", ada)).isEqualTo(given.accessToken());

    answers.countDown();
    await()
        .untilAsserted(
            () -> assertThat(vault.accessToken("github", ada)).isNotEqualTo(given.accessToken()));
    assertThat(provider.calls()).as("what came late is kept").isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void forced_refreshes_at_the_same_time_share_one_answer(Store store) throws Exception {
    TokenVault vault = node(store).vault;
    TokenSet given = provider.login();
    vault.store("github", ada, given);
    CountDownLatch answers = new CountDownLatch(1);
    provider.before = () -> awaitQuietly(answers);

    List<CompletableFuture<AccessToken>> asked = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      asked.add(vault.renewed(new TokenOwner("github", ada)));
    }
    answers.countDown();

    for (CompletableFuture<AccessToken> one : asked) {
      assertThat(one.get(10, TimeUnit.SECONDS).value())
          .isEqualTo(asked.get(0).join().value())
          .isNotEqualTo(given.accessToken());
    }
    assertThat(provider.calls()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void nobody_is_known_who_has_not_logged_in(Store store) {
    TokenVault vault = node(store).vault;
    vault.store("github", ada, provider.login());

    for (String nobody :
        List.of(
            "nobody",
            "",
            ada.toUpperCase(java.util.Locale.ROOT),
            "\0",
            "\uD800",
            "x".repeat(999))) {
      assertProblem(404, "person-unknown", () -> vault.accessToken("github", nobody));
    }
    assertProblem(404, "person-unknown", () -> vault.accessToken("google", ada));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_cannot_be_a_person_is_not_stored(Store store) {
    TokenVault vault = node(store).vault;
    TokenSet given = provider.login();

    for (String subject : List.of("", "x".repeat(256), "a\0b", "\uD800")) {
      assertThatThrownBy(() -> vault.store("github", subject, given))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageNotContaining(given.accessToken());
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_login_without_a_refresh_token_keeps_the_earlier_ones_while_it_serves(Store store) {
    TokenVault vault = node(store).vault;
    vault.store("google", ada, provider.login());
    Optional<java.time.Instant> soon = Optional.of(CLOCK.instant().plusSeconds(100));
    vault.store("google", ada, new TokenSet("second", Optional.empty(), soon, ""));
    assertThat(vault.accessToken("google", ada)).isEqualTo("second");
    CLOCK.advance(Duration.ofSeconds(100));
    assertThat(vault.accessToken("google", ada)).startsWith("s3cret-access");

    provider.endEverything();
    CLOCK.advance(RotatingProvider.LIFE);
    assertProblem(409, "login-required", () -> vault.accessToken("google", ada));
    Optional<java.time.Instant> later = Optional.of(CLOCK.instant().plusSeconds(100));
    vault.store("google", ada, new TokenSet("third", Optional.empty(), later, ""));
    CLOCK.advance(Duration.ofSeconds(100));
    int calls = provider.calls();
    assertProblem(409, "login-required", () -> vault.accessToken("google", ada));
    assertThat(provider.calls()).as("a refused token is not tried again").isEqualTo(calls);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_login_during_a_refresh_wins(Store store) throws Exception {
    TokenVault vault = node(store).vault;
    vault.store("github", ada, provider.login());
    CLOCK.advance(RotatingProvider.LIFE);
    CountDownLatch answers = new CountDownLatch(1);
    CompletableFuture<AccessToken> refreshed = refreshing(vault, answers);

    TokenSet login = provider.login();
    vault.store("github", ada, login);
    answers.countDown();

    assertThat(refreshed.get(10, TimeUnit.SECONDS).value()).isEqualTo(login.accessToken());
    assertThat(vault.accessToken("github", ada)).isEqualTo(login.accessToken());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whoever_is_forgotten_is_gone_here_and_at_the_provider_even_when_that_fails(Store store) {
    TokenVault vault = node(store).vault;
    TokenSet first = provider.login();
    vault.store("github", ada, first);
    vault.forget("github", ada);
    assertProblem(404, "person-unknown", () -> vault.accessToken("github", ada));
    assertThat(provider.revoked()).containsExactly(first.refreshToken().orElseThrow());

    TokenSet second = provider.login();
    vault.store("github", ada, second);
    provider.isDown = true;
    try (LogLines log = LogLines.of("hub.identity.token")) {
      vault.forget("github", ada);
      assertThat(log.lines())
          .anySatisfy(line -> assertThat(line).contains("outcome=not-revoked"))
          .anySatisfy(line -> assertThat(line).contains("outcome=forgotten"));
    }
    assertProblem(404, "person-unknown", () -> vault.accessToken("github", ada));
    vault.forget("github", ada);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void tokens_that_arrive_for_somebody_just_forgotten_are_revoked(Store store) throws Exception {
    TokenVault vault = node(store).vault;
    vault.store("github", ada, provider.login());
    CLOCK.advance(RotatingProvider.LIFE);
    CountDownLatch answers = new CountDownLatch(1);
    CompletableFuture<AccessToken> refreshed = refreshing(vault, answers);

    vault.forget("github", ada);
    answers.countDown();

    assertThatThrownBy(() -> refreshed.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(NoTokenException.class);
    List<String> given = provider.givenOut();
    assertThat(provider.revoked()).last().isEqualTo(given.get(given.size() - 1));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_failure_of_a_login_provider_is_none_of_the_api_that_the_token_is_for(Store store) {
    TokenVault vault = node(store).vault;
    vault.store("github", ada, provider.login());
    CLOCK.advance(RotatingProvider.LIFE);
    provider.before =
        () -> {
          throw new hub.call.policy.CallFailedException(
              "github",
              hub.call.policy.CallFailure.of(hub.call.policy.CallOutcome.TIMEOUT, "slow"),
              new java.net.SocketTimeoutException());
        };
    assertThatThrownBy(() -> vault.accessToken("github", ada))
        .isExactlyInstanceOf(ProblemException.class)
        .hasMessageContaining("provider-timeout")
        .hasNoCause();

    provider.before =
        () -> {
          throw new IllegalStateException("no JSON");
        };
    assertProblem(503, "provider-unavailable", () -> vault.accessToken("github", ada));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_no_column_holds_is_refused_and_not_waited_with(Store store) {
    TokenVault vault = node(store).vault;
    vault.store("github", ada, provider.login());
    CLOCK.advance(RotatingProvider.LIFE);
    provider.scope = "s".repeat(70_000);

    assertThatThrownBy(() -> vault.accessToken("github", ada))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the store of tokens cannot hold this: 22001");
    assertThatThrownBy(() -> vault.store("github", ada, provider.login()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_store_that_is_away_is_told_as_that() {
    VaultNode node = VaultNode.on(Store.H2, provider, CLOCK);
    node.die();

    assertThatThrownBy(() -> node.vault.accessToken("github", ada))
        .isInstanceOf(StoreUnavailableException.class);
  }

  /** A refresh whose request has reached the provider, which answers after {@code answers}. */
  private CompletableFuture<AccessToken> refreshing(TokenVault vault, CountDownLatch answers)
      throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    provider.after =
        () -> {
          asked.countDown();
          awaitQuietly(answers);
        };
    CompletableFuture<AccessToken> refreshed = vault.current(new TokenOwner("github", ada));
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    return refreshed;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
