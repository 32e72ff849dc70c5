package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypePatternTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a.b; a.b; true",
        "a.b; a.bc; false",
        "a.b; axb; false",
        "a.*; a.b.c; true",
        "a.*; a.; true",
        "a.*; b.a.c; false",
        "*.c; a.b.c; true",
        "a*a; a; false",
        "a*b*c; a-b-b-c; true",
        "a*b*c; a-c-b; false",
        "*; anything at all; true",
        "x, a.*; a.b; true",
        "'x,'; a; false",
        "','; a; false",
        "' '; a; true",
        "a[.]b; a.b; false",
      })
  void a_handler_takes_the_types_that_it_names(String types, String type, boolean matches) {
    assertThat(TypePattern.any(types).test(type)).isEqualTo(matches);
  }

  @Test
  void a_star_matches_line_breaks_too() {
    assertThat(TypePattern.any("a*b").test("a\n\nb")).isTrue();
  }

  @Test
  void after_a_backslash_a_star_a_comma_and_a_space_are_plain() {
    assertThat(TypePattern.any("a\\*b").test("a*b")).isTrue();
    assertThat(TypePattern.any("a\\*b").test("a-b")).isFalse();
    assertThat(TypePattern.any("a\\,b").test("a,b")).isTrue();
    assertThat(TypePattern.any("a\\ , b").test("a ")).isTrue();
    assertThat(TypePattern.any("a\\b").test("a\\b")).isTrue();
  }

  @Test
  void the_operand_of_like_escapes_its_wildcards_and_an_exact_type_does_not() {
    assertThat(TypePattern.all("a_b, a_*%, c* d , ,*"))
        .extracting(TypePattern::sqlText)
        .containsExactly("a_b", "a!_%!%", "c% d", "%");
  }
}
