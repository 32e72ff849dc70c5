package hub.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.http.problem.ProblemException;
import hub.testing.LogLines;
import hub.testing.SettableClock;
import hub.testing.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows that were moved, changed, or have to be re-encrypted. */
@Tag("postgres")
class KeyRotationTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private static final SettableClock CLOCK = SettableClock.standing();
  private static final AtomicReference<RotatingProvider> PROVIDER = new AtomicReference<>();
  private static final Map<Store, VaultNode> CLOSED = new EnumMap<>(Store.class);

  private final RotatingProvider provider = new RotatingProvider(CLOCK);

  /** An empty vault. */
  private VaultNode fresh(Store store) {
    PROVIDER.set(provider);
    VaultNode closed =
        CLOSED.computeIfAbsent(
            store,
            one -> {
              VaultNode made = VaultNode.on(one, VaultNode.endpoint(PROVIDER), CLOCK);
              made.close();
              return made;
            });
    VaultNode fresh = closed.again();
    fresh.update("DELETE FROM token");
    return fresh;
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void two_peoples_ciphertexts_cannot_be_swapped_and_none_be_changed(Store store) {
    try (VaultNode node = fresh(store)) {
      node.vault.store("github", "ada", provider.login());
      node.vault.store("github", "eve", provider.login());
      node.update(
          "UPDATE token SET access_token = (SELECT access_token FROM token WHERE subject = 'eve')"
              + " WHERE subject = 'ada'");

      assertThatThrownBy(() -> node.vault.accessToken("github", "ada"))
          .isInstanceOf(UnreadableTokenException.class)
          .hasMessageContaining("access_token does not decrypt");

      TokenSet login = provider.login();
      node.vault.store("github", "ada", login);
      assertThat(node.vault.accessToken("github", "ada")).isEqualTo(login.accessToken());
      node.update(
          "UPDATE token SET refresh_token = (SELECT refresh_token FROM token WHERE subject = 'eve')"
              + " WHERE subject = 'ada'");
      CLOCK.advance(RotatingProvider.LIFE);
      assertThatThrownBy(() -> node.vault.accessToken("github", "ada"))
          .isInstanceOf(UnreadableTokenException.class)
          .hasMessageContaining("refresh_token does not decrypt");
      assertThat(provider.calls()).as("nobody's token was sent").isZero();

      node.update("UPDATE token SET access_token = refresh_token WHERE subject = 'eve'");
      assertThatThrownBy(() -> node.vault.accessToken("github", "eve"))
          .isInstanceOf(UnreadableTokenException.class);
      // A changed row can still be deleted.
      node.vault.forget("github", "eve");
      assertThat(node.query("SELECT count(*) FROM token WHERE subject = 'eve'")).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void all_rows_come_under_the_newest_key_and_the_old_one_may_go(Store store) {
    VaultNode before = fresh(store);
    int people = 210;
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < people; i++) {
      TokenSet given = provider.login();
      tokens.add(given.accessToken());
      before.vault.store(i % 2 == 0 ? "github" : "google", "p" + i, given);
    }
    provider.endEverything();
    before.close();

    try (VaultNode both = before.again(VaultNode.KEY_B + "," + VaultNode.KEY_A)) {
      assertThat(both.vault.accessToken("github", "p0")).as("meanwhile").isEqualTo(tokens.get(0));

      KeyRotation.Outcome outcome = both.rotation.run(LONG);

      assertThat(outcome.count()).isEqualTo(people);
      assertThat(outcome.remaining()).isZero();
      assertThat(outcome.unreadable()).isZero();
      assertThat(outcome.keys()).isEqualTo(Map.of("b", (long) people));
      assertThat(both.rotation.run(LONG).count()).as("nothing left").isZero();
    }
    try (VaultNode after = before.again(VaultNode.KEY_B)) {
      for (int i = 0; i < people; i++) {
        assertThat(after.vault.accessToken(i % 2 == 0 ? "github" : "google", "p" + i))
            .isEqualTo(tokens.get(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_cannot_be_read_is_counted_and_left_and_its_key_is_still_in_use(Store store) {
    VaultNode before = fresh(store);
    before.vault.store("github", "ada", provider.login());
    before.close();
    try (VaultNode without = before.again(VaultNode.KEY_B);
        LogLines log = LogLines.of("hub.identity.token")) {
      without.vault.store("github", "eve", provider.login());

      KeyRotation.Outcome outcome = without.rotation.run(LONG);

      assertThat(outcome.count()).isZero();
      assertThat(outcome.unreadable()).isEqualTo(1);
      assertThat(outcome.remaining()).isEqualTo(1);
      assertThat(outcome.keys()).isEqualTo(Map.of("a", 1L, "b", 1L));
      assertThat(log.lines()).anyMatch(line -> line.contains("the key 'a'"));
      assertThatThrownBy(() -> without.vault.accessToken("github", "ada"))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("key 'a'");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void refreshes_go_on_meanwhile_and_none_is_overwritten(Store store) throws Exception {
    VaultNode before = fresh(store);
    int people = 10;
    for (int i = 0; i < people; i++) {
      before.vault.store("github", "p" + i, provider.login());
    }
    before.close();

    try (VaultNode busy = before.again(VaultNode.KEY_B + "," + VaultNode.KEY_A)) {
      AtomicBoolean ends = new AtomicBoolean();
      CompletableFuture<Void> rotating =
          CompletableFuture.runAsync(
              () -> {
                while (!ends.get()) {
                  busy.rotation.run(LONG);
                  // Like another node that still encrypts with the old key.
                  busy.update("UPDATE token SET scope = scope WHERE key_id = 'a'");
                }
              });
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < people; i++) {
          assertThat(busy.vault.renewed(new TokenOwner("github", "p" + i)).join().value())
              .isEqualTo(busy.vault.accessToken("github", "p" + i));
        }
      }
      ends.set(true);
      rotating.get(30, TimeUnit.SECONDS);

      assertThat(provider.calls()).isEqualTo(3 * people);
      assertThat(provider.refused()).as("no refresh token was overwritten by an older").isZero();
      assertThat(busy.query("SELECT count(*) FROM token WHERE key_id = 'b'"))
          .isEqualTo(Integer.toString(people));
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_row_that_was_refreshed_since_it_was_read_keeps_what_it_has(Store store) {
    VaultNode before = fresh(store);
    before.vault.store("github", "ada", provider.login());
    before.close();
    try (VaultNode node = before.again(VaultNode.KEY_B + "," + VaultNode.KEY_A)) {
      TokenRow read = node.table.encryptedOtherwise("b", new TokenOwner("", ""), 10).get(0);
      TokenCodec tokenCodec =
          new TokenCodec(new TokenCipher(TokenKeys.of(VaultNode.KEY_B + "," + VaultNode.KEY_A)));
      String fresh = node.vault.renewed(new TokenOwner("github", "ada")).join().value();

      assertThat(
              node.table.reencrypt(
                  List.of(new TokenTable.Reencrypted(read, tokenCodec.reencrypt(read)))))
          .isZero();

      assertThat(node.vault.accessToken("github", "ada")).isEqualTo(fresh);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_refresh_under_way_is_written_although_the_row_came_under_another_key(Store store) {
    VaultNode before = fresh(store);
    before.vault.store("github", "ada", provider.login());
    before.close();
    try (VaultNode node = before.again(VaultNode.KEY_B + "," + VaultNode.KEY_A)) {
      provider.after = () -> assertThat(node.rotation.run(LONG).count()).isEqualTo(1);

      String fresh = node.vault.renewed(new TokenOwner("github", "ada")).join().value();

      assertThat(node.vault.accessToken("github", "ada")).isEqualTo(fresh);
      assertThat(provider.givenOut()).contains(fresh);
      provider.after = () -> {};
      node.vault.renewed(new TokenOwner("github", "ada")).join();
      assertThat(provider.refused()).isZero();
    }
  }
}
