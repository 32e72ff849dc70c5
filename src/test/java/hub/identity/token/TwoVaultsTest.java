package hub.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.testing.FaultyLine;
import hub.testing.SettableClock;
import hub.testing.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Two nodes on one PostgreSQL, one of which may die during a refresh. */
@Tag("postgres")
@Tag("waits")
class TwoVaultsTest {
  private static final SettableClock CLOCK = SettableClock.standing();
  private static final AtomicReference<RotatingProvider> PROVIDER = new AtomicReference<>();
  private static VaultNode first;
  private static VaultNode second;

  private RotatingProvider provider;
  private String ada;

  @BeforeAll
  static void start() {
    first = VaultNode.on(Store.POSTGRESQL, VaultNode.endpoint(PROVIDER), CLOCK);
    second = first.again();
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
  }

  @BeforeEach
  void someoneWithAnExpiredToken(TestInfo test) {
    provider = new RotatingProvider(CLOCK);
    PROVIDER.set(provider);
    ada = test.getDisplayName();
    first.vault.store("github", ada, provider.login());
    CLOCK.advance(RotatingProvider.LIFE);
  }

  @RepeatedTest(5)
  void two_hundred_at_once_on_two_nodes_make_one_refresh() throws Exception {
    int callers = 200;
    CyclicBarrier start = new CyclicBarrier(callers);
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        TokenVault vault = i % 2 == 0 ? first.vault : second.vault;
        asked.add(
            CompletableFuture.supplyAsync(
                () -> {
                  together(start);
                  return vault.accessToken("github", ada);
                },
                threads));
      }
      List<String> tokens = new ArrayList<>();
      for (CompletableFuture<String> one : asked) {
        tokens.add(one.get(30, TimeUnit.SECONDS));
      }

      assertThat(provider.calls()).isEqualTo(1);
      assertThat(tokens).hasSize(callers).containsOnly(first.vault.accessToken("github", ada));
      assertThat(provider.givenOut()).contains(tokens.get(0));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void forced_refreshes_on_two_nodes_share_one_answer() throws Exception {
    CountDownLatch answers = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    provider.before =
        () -> {
          asked.countDown();
          awaitQuietly(answers);
        };
    CompletableFuture<AccessToken> here = first.vault.renewed(new TokenOwner("github", ada));
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<AccessToken> there = second.vault.renewed(new TokenOwner("github", ada));
    // Longer than a lease, which the refreshing node renews.
    assertThatThrownBy(() -> there.get(1500, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    answers.countDown();

    assertThat(there.get(10, TimeUnit.SECONDS).value())
        .isEqualTo(here.get(10, TimeUnit.SECONDS).value());
    assertThat(provider.calls()).isEqualTo(1);
  }

  @Test
  void a_refusal_that_raced_with_the_other_nodes_rotation_is_not_final() throws Exception {
    CountDownLatch secondAsks = new CountDownLatch(1);
    CountDownLatch firstHasWritten = new CountDownLatch(1);
    provider.after =
        () -> {
          provider.after = () -> {};
          // The first node has its answer and stalls; its lease expires, so the second refreshes
          // too.
          provider.before =
              () -> {
                secondAsks.countDown();
                awaitQuietly(firstHasWritten);
              };
          second.update("UPDATE token SET lease_until = NULL, lease_owner = NULL");
          awaitQuietly(secondAsks);
        };
    CompletableFuture<AccessToken> here = first.vault.current(new TokenOwner("github", ada));
    CompletableFuture<AccessToken> there =
        CompletableFuture.supplyAsync(
            () -> {
              await().until(() -> provider.calls() == 1);
              return second.vault.current(new TokenOwner("github", ada)).join();
            });
    String fresh = here.get(10, TimeUnit.SECONDS).value();
    firstHasWritten.countDown();

    assertThat(there.get(10, TimeUnit.SECONDS).value()).isEqualTo(fresh);
    assertThat(provider.refused()).as("it was told invalid_grant").isEqualTo(1);
    assertThat(state()).isEqualTo("valid");
  }

  @Test
  void what_a_stalled_node_was_given_counts_even_after_the_other_ones_refusal() throws Exception {
    CountDownLatch secondWasRefused = new CountDownLatch(1);
    provider.after =
        () -> {
          second.update("UPDATE token SET lease_until = NULL, lease_owner = NULL");
          awaitQuietly(secondWasRefused);
        };
    CompletableFuture<AccessToken> here = first.vault.current(new TokenOwner("github", ada));
    await().until(() -> provider.calls() == 1);
    await()
        .until(() -> second.query("SELECT lease_owner FROM token WHERE subject = ?", ada) == null);
    assertThatThrownBy(() -> second.vault.accessToken("github", ada))
        .hasMessageContaining("login-required");
    secondWasRefused.countDown();

    String fresh = here.get(10, TimeUnit.SECONDS).value();
    assertThat(state()).isEqualTo("valid");
    assertThat(second.vault.accessToken("github", ada)).isEqualTo(fresh);
  }

  @Test
  void a_node_that_dies_before_the_provider_heard_of_it_costs_the_others_a_lease() {
    VaultNode dying = first.again();
    provider.before =
        () -> {
          provider.before = () -> {};
          dying.die();
          throw new IllegalStateException("killed");
        };
    assertThatThrownBy(() -> dying.vault.accessToken("github", ada)).isNotNull();
    assertThat(second.query("SELECT lease_owner FROM token WHERE subject = ?", ada))
        .as("its lease outlives it")
        .isNotNull();

    assertThat(second.vault.accessToken("github", ada)).startsWith("s3cret-access");
    assertThat(provider.refused()).isZero();
    dying.close();
  }

  @Test
  void a_node_that_dies_with_the_answer_unwritten_costs_a_login_where_old_tokens_are_refused()
      throws Exception {
    CompletableFuture<AccessToken> lost = dieWithTheAnswer();

    assertThatThrownBy(() -> second.vault.accessToken("github", ada))
        .hasMessageContaining("login-required");
    assertThat(lost).as("nobody used what was not written").isNotCompleted();
    second.vault.store("github", ada, provider.login());
    assertThat(second.vault.accessToken("github", ada)).startsWith("s3cret-access");
  }

  @Test
  void a_node_that_dies_with_the_answer_unwritten_costs_nothing_where_old_tokens_still_serve()
      throws Exception {
    provider.rotates = false;
    assertThat(dieWithTheAnswer()).isNotCompleted();

    assertThat(second.vault.accessToken("github", ada)).startsWith("s3cret-access");
    assertThat(provider.calls()).isEqualTo(2);
  }

  private CompletableFuture<AccessToken> dieWithTheAnswer() throws Exception {
    VaultNode dying = first.again();
    CountDownLatch dead = new CountDownLatch(1);
    provider.after =
        () -> {
          provider.after = () -> {};
          dying.die();
          dead.countDown();
        };
    CompletableFuture<AccessToken> lost = dying.vault.current(new TokenOwner("github", ada));
    assertThat(dead.await(10, TimeUnit.SECONDS)).isTrue();
    return lost;
  }

  @Test
  void what_a_node_wrote_before_it_died_serves_the_others_without_another_refresh() {
    VaultNode dying = first.again();
    String fresh = dying.vault.accessToken("github", ada);
    dying.close();

    assertThat(second.vault.accessToken("github", ada)).isEqualTo(fresh);
    assertThat(provider.calls()).isEqualTo(1);
    CLOCK.advance(RotatingProvider.LIFE);
    second.vault.accessToken("github", ada);
    assertThat(provider.refused()).as("the rotated refresh token was kept").isZero();
  }

  @Test
  void an_answer_that_cannot_be_written_yet_is_kept_until_it_can() throws Exception {
    try (FaultyLine line = first.line()) {
      VaultNode shaky = first.over(line);
      provider.after =
          () -> {
            provider.after = () -> {};
            line.cut();
          };
      CompletableFuture<AccessToken> asked = shaky.vault.current(new TokenOwner("github", ada));
      await().until(() -> provider.calls() == 1);
      assertThatThrownBy(() -> asked.get(300, TimeUnit.MILLISECONDS))
          .as("not before it is written")
          .isInstanceOf(java.util.concurrent.TimeoutException.class);

      line.mend();

      String fresh = asked.get(15, TimeUnit.SECONDS).value();
      assertThat(second.vault.accessToken("github", ada)).isEqualTo(fresh);
      assertThat(provider.calls()).isEqualTo(1);
      shaky.close();
    }
  }

  @Test
  void a_stop_waits_for_an_answer_that_is_on_its_way() throws Exception {
    VaultNode stopping = first.again();
    CountDownLatch asked = new CountDownLatch(1);
    provider.after =
        () -> {
          provider.after = () -> {};
          asked.countDown();
          try {
            TimeUnit.MILLISECONDS.sleep(300);
          } catch (InterruptedException e) {
            throw new IllegalStateException("not waited for", e);
          }
        };
    CompletableFuture<AccessToken> token = stopping.vault.current(new TokenOwner("github", ada));
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();

    stopping.close();

    String fresh = token.get(1, TimeUnit.SECONDS).value();
    assertThat(second.vault.accessToken("github", ada)).isEqualTo(fresh);
  }

  @Test
  void an_embedded_database_ends_the_leases_of_a_killed_run_at_the_start() {
    RotatingProvider strict = new RotatingProvider(Clock.systemUTC());
    VaultNode before = VaultNode.on(Store.H2, strict, CLOCK);
    before.vault.store("github", "ada", strict.login());
    assertThat(
            before.table.lease(
                before.table.find(new TokenOwner("github", "ada")).orElseThrow(),
                java.util.UUID.randomUUID(),
                Duration.ofHours(1)))
        .isTrue();
    before.die();

    try (VaultNode after = before.again()) {
      assertThat(after.vault.renewed(new TokenOwner("github", "ada")).join().value())
          .startsWith("s3cret-access");
    }
    before.vault.close();
  }

  @Test
  void of_two_who_write_for_the_same_version_one_does() {
    TokenRow row = first.table.find(new TokenOwner("github", ada)).orElseThrow();
    TokenCodec tokenCodec = new TokenCodec(new TokenCipher(TokenKeys.of(VaultNode.KEY_A)));
    TokenRow one =
        tokenCodec.encrypt(row.owner(), provider.login(), Optional.empty(), CLOCK.instant());
    TokenRow other =
        tokenCodec.encrypt(row.owner(), provider.login(), Optional.empty(), CLOCK.instant());

    assertThat(first.table.replace(row.version(), one)).isTrue();
    assertThat(second.table.replace(row.version(), other)).isFalse();
    assertThat(second.table.refuse(row)).isFalse();
    assertThat(second.table.delete(row)).isFalse();
    assertThat(second.vault.accessToken("github", ada))
        .isEqualTo(tokenCodec.decryptAccessToken(one).value());
  }

  private String state() {
    return second.query("SELECT state FROM token WHERE subject = ?", ada);
  }

  private static void together(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
