package hub.util;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  @Test
  void a_map_becomes_a_form_that_reads_as_the_same() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("To", "+49 1&2=ä");
    fields.put("Count", 7);
    fields.put("Media", List.of("a", "b"));
    fields.put("None", null);

    assertThat(Form.encoded(fields)).isEqualTo("To=%2B49+1%262%3D%C3%A4&Count=7&Media=a&Media=b");
    assertThat(Form.parse(Form.encoded(fields)).field("To")).hasValue("+49 1&2=ä");
    assertThatThrownBy(() -> Form.encoded(Map.of("a", Map.of("b", 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'a'");
    assertThatThrownBy(() -> Form.encoded(Map.of("a", List.of(List.of(1)))))
        .hasMessageContaining("'a'");
  }
}
