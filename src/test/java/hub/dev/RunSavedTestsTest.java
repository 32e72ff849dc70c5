package hub.dev;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSavedTestsTest {
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
}
