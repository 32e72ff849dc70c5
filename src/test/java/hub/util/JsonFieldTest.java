package hub.util;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonFieldTest {
  private static Optional<String> read(String path, String document) {
    return new JsonField(path).in(Json.own(document)).map(JsonNode::toString);
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
