package hub.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.InvalidPathException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFieldTest {
  private static Optional<String> read(String path, String document) {
    return new JsonField(path).in(Json.own(document)).map(JsonNode::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$.order[",
        "$.a]",
        "$.a)",
        "$.a.length(",
        "$['a'",
        "$[?(@.a == ')']",
        "$[(]",
        "$.a[0]]"
      })
  void brackets_that_do_not_match_are_refused(String path) {
    assertThatThrownBy(() -> new JsonField(path)).isInstanceOf(InvalidPathException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$['a]'].b",
        "$[\"a[(\"]",
        "$['it\\'s [']",
        "$.it's",
        "$.items[?(@.name == '(' && @.price > 1)].id",
        "$.items[?(@.name =~ /a\\/[)]/i)]",
        "$..a[0:2].length()"
      })
  void brackets_within_a_text_count_as_text(String path) {
    assertThatNoException().isThrownBy(() -> new JsonField(path));
  }

  @Test
  void a_missing_field_is_as_empty_as_one_that_is_null() {
    assertThat(read("$.a.b", "{\"a\":{\"b\":[1]}}")).hasValue("[1]");
    assertThat(read("$.a.b", "{\"a\":{\"b\":null}}")).isEmpty();
    assertThat(read("$.a.b", "{\"a\":1}")).isEmpty();
    assertThat(read("$.a.b", "[]")).isEmpty();
  }

  @Test
  void a_function_gives_a_number_and_nothing_where_it_has_nothing_to_do() {
    assertThat(read("$.a.length()", "{\"a\":[1,2]}")).hasValue("2");
    assertThat(read("$.a.sum()", "{\"a\":[1,2]}")).hasValue("3.0");
    assertThat(read("$.a.sum()", "{\"a\":[]}")).isEmpty();
    assertThat(read("$.a.length()", "{}")).isEmpty();
  }
}
