package hub.call.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {
  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/../b", "..\\x", "a\r\nb"})
  void a_value_that_makes_another_path_is_refused_for_good(String value) {
    assertThatThrownBy(() -> new UrlTemplate("/v1/customers/{id}/secret").path(name -> value))
        .isInstanceOfSatisfying(
            UnfitValueException.class,
            refused -> {
              assertThat(refused.problem().status()).isEqualTo(400);
              assertThat(refused.problem().reason()).isEqualTo("payload-invalid");
              assertThat(refused.isPermanent()).isTrue();
            });
  }

  @Test
  void dots_that_only_together_climb_are_refused() {
    assertThatThrownBy(() -> new UrlTemplate("/v1/.{id}").path(name -> "."))
        .isInstanceOf(UnfitValueException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nX-Evil: 1", "\u4e16"})
  void a_value_that_no_header_can_carry_is_refused_for_good(String value) {
    assertThatThrownBy(() -> new UrlTemplate("Of {id}").header(name -> value))
        .isInstanceOfSatisfying(
            UnfitValueException.class,
            refused -> assertThat(refused.problem().status()).isEqualTo(400));
  }

  @ParameterizedTest
  @CsvSource({"a/b,/v1/a%2Fb", "%2e%2e,/v1/%252e%252e", "...,/v1/...", "a b+c,/v1/a%20b%2Bc"})
  void every_other_value_stays_one_segment(String value, String path) {
    assertThat(new UrlTemplate("/v1/{id}").path(name -> value)).isEqualTo(path);
  }
}
