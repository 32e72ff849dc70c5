package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import hub.cli.Shell.Result;
import hub.identity.token.TokenSet;
import hub.identity.token.TokenStore;
import hub.testing.Store;
import hub.testing.TestHub;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code rotate-keys} with running hubs. */
@Tag("postgres")
class RotateKeysTest {
  private static final String OLD = "old:" + "AB".repeat(21) + "A=";
  private static final String NEW = "new:" + "B".repeat(42) + "A=";

  @Test
  void it_goes_on_until_all_is_under_the_newest_key_and_tells_which_may_go() {
    try (TestHub old = hub(TestHub.on(Store.POSTGRESQL), OLD)) {
      for (String person : new String[] {"ada", "bob", "eve"}) {
        store(old, person);
      }
      try (TestHub next = hub(TestHub.on(Store.POSTGRESQL).beside(old), NEW + "," + OLD)) {
        Result result = Shell.of(next).run("rotate-keys");

        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out().lines())
            .containsExactly(
                "3 people's tokens encrypted anew with the key new",
                "in use: new, 3 people's tokens",
                "Every other key may be removed.");

        // A node that was not restarted still encrypts with the old key.
        store(old, "zoe");
        assertThat(Shell.of(old).run("rotate-keys"))
            .satisfies(
                forgotten -> {
                  assertThat(forgotten.code()).isEqualTo(1);
                  assertThat(forgotten.out()).contains("in use: new, 3", "in use: old, 1 person's");
                  assertThat(forgotten.err())
                      .contains("Still under new: keep these keys", "3 cannot be read");
                });
        assertThat(Shell.of(next).run("rotate-keys").out())
            .startsWith("1 person's tokens encrypted anew with the key new");
      }
    }
  }

  private static TestHub hub(TestHub.Builder builder, String keys) {
    return builder
        .with("hub.encryption-keys", keys)
        .routeFile("example/example-webhook.camel.yaml")
        .start();
  }

  private static void store(TestHub hub, String person) {
    hub.context()
        .getRegistry()
        .findSingleByType(TokenStore.class)
        .store("github", person, new TokenSet("gho", Optional.empty(), Optional.empty(), ""));
  }
}
