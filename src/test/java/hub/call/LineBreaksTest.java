package hub.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineBreaksTest {
  @Test
  void line_breaks_within_a_value_are_kept_and_those_of_the_layout_are_not() {
    assertThat(LineBreaks.withEncodedBreaks("kamelet:x?headers=A: 1\nB: 2\n&method=POST\n"))
        .isEqualTo("kamelet:x?headers=A: 1%0AB: 2&method=POST");
    assertThat(LineBreaks.withEncodedBreaks("kamelet:x?\n  a=1\n  &b=2"))
        .isEqualTo("kamelet:x?a=1&b=2");
    assertThat(LineBreaks.withEncodedBreaks("kamelet:x")).isEqualTo("kamelet:x");
  }
}
