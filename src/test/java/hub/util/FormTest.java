package hub.util;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FormTest {
  @Test
  void only_an_ampersand_separates_and_a_missing_value_is_empty() {
    Form form = Form.parse("&a=1;b=2&&c&a=x%26y+z=&d=");

    assertThat(form.fields())
        .containsOnlyKeys("a", "c", "d")
        .containsEntry("a", List.of("1;b=2", "x&y z="))
        .containsEntry("c", List.of(""));
    assertThat(form.field("a")).as("repeated").isEmpty();
    assertThat(form.hasRepeated()).isTrue();
    assertThat(form.firstValues()).containsEntry("a", "1;b=2").containsEntry("d", "");
  }

  @Test
  void no_query_string_has_no_fields() {
    assertThat(Form.parse(null).fields()).isEmpty();
    assertThat(Form.parse("").hasRepeated()).isFalse();
  }

  @Test
  void a_percent_sign_without_two_digits_is_refused() {
    assertThatThrownBy(() -> Form.parse("a=%4")).isInstanceOf(IllegalArgumentException.class);
    assertThat(Form.of("application/x-www-form-urlencoded", "a=%4".getBytes(UTF_8))).isEmpty();
  }
}
