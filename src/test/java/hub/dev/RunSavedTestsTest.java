package hub.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSavedTestsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "shop/shop-note.test.yaml, shop/shop-note.test.yaml",
    "shop/shop-note.test.yaml, shop/shop-note.camel.yaml",
    "shop/shop-note-late.test.yaml, shop/shop-note.camel.yaml",
    "shop-note.test.yaml, shop-note.camel.yaml"
  })
  void a_saved_test_is_run_and_the_tests_that_lie_beside_a_saved_route(String test, String saved) {
    assertThat(RunSavedTests.isTestOf(test, saved)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "shop/shop-note.test.yaml, shop/shop-note-late.test.yaml",
    "shop/shop-note.test.yaml, shop/shop-note-late.camel.yaml",
    "shop/shop-notes.test.yaml, shop/shop-note.camel.yaml",
    "acme/shop-note.test.yaml, shop/shop-note.camel.yaml",
    "shop/shop-note.test.yaml, shop/shop-note.sql",
    "shop/shop-note.test.yaml, kamelets/shop-note.kamelet.yaml",
    "shop/shop-note-late.camel.yaml, shop/shop-note.camel.yaml"
  })
  void no_other_test_is(String test, String saved) {
    assertThat(RunSavedTests.isTestOf(test, saved)).isFalse();
  }

  @Test
  void a_save_does_not_wait_for_tests_and_what_is_saved_during_a_run_is_run_once_after_it()
      throws Exception {
    for (String name : List.of("a", "b", "c")) {
      Files.writeString(folder.resolve(name + ".test.yaml"), "[]");
    }
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    List<String> runs = new CopyOnWriteArrayList<>();
    RunSavedTests tests =
        new RunSavedTests(
            folder,
            files -> {
              begun.countDown();
              awaitUnchecked(released);
              runs.add(files.stream().map(file -> file.getFileName().toString()).toList() + "");
              return List.of();
            });
    tests.start();
    tests.taken(Set.of("a.test.yaml"), Set.of());
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
    tests.taken(Set.of("b.camel.yaml"), Set.of("b"));
    tests.taken(Set.of("c.test.yaml"), Set.of());
    assertThat(runs).isEmpty();
    released.countDown();
    await().until(() -> runs.size() == 2);
    assertThat(runs).containsExactly("[a.test.yaml]", "[b.test.yaml, c.test.yaml]");

    tests.stop();
    tests.taken(Set.of("a.test.yaml"), Set.of());
    assertThat(runs).hasSize(2);
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
