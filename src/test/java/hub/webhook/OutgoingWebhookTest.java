package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What {@code send --set} and signers write into a body. */
class OutgoingWebhookTest {
  private static final String JSON = "application/json";
  private static final String FORM = "application/x-www-form-urlencoded; charset=UTF-8";

  private static OutgoingWebhook message(String contentType, String body, String formField) {
    return new OutgoingWebhook(
        "https://hub.example/x", contentType, body.getBytes(UTF_8), "$", formField);
  }

  private static String changed(String body, String path, String typed) {
    OutgoingWebhook message = message(JSON, body, "");
    message.change(path, typed);
    return new String(message.body(), UTF_8);
  }

  @Test
  void a_text_stays_a_text_and_all_else_is_read_as_json() {
    assertThat(changed("{\"a\":\"1\"}", "a", "2")).isEqualTo("{\"a\":\"2\"}");
    assertThat(changed("{\"a\":1}", "a", "2")).isEqualTo("{\"a\":2}");
    assertThat(changed("{\"a\":1}", "$.a", "two")).isEqualTo("{\"a\":\"two\"}");
    assertThat(changed("{\"a\":{\"b\":1}}", "$.a", "null")).isEqualTo("{\"a\":null}");
    assertThat(changed("{\"a\":1.50}", "$.a", "2.500")).isEqualTo("{\"a\":2.500}");
    assertThat(changed("{}", "a", "{\"b\":[true]}")).isEqualTo("{\"a\":{\"b\":[true]}}");
  }

  @Test
  void objects_on_the_way_are_made_and_elements_are_not() {
    assertThat(changed("{}", "a.b.c", "1")).isEqualTo("{\"a\":{\"b\":{\"c\":1}}}");
    assertThat(changed("[{\"a\":1},{\"a\":2}]", "[1].a", "3")).isEqualTo("[{\"a\":1},{\"a\":3}]");
    assertThat(changed("{\"x y\":[0]}", "$['x y'][0]", "1")).isEqualTo("{\"x y\":[1]}");
    assertThatThrownBy(() -> changed("{\"a\":[1]}", "a[1]", "2"))
        .hasMessage("the body has nothing at $.a[1]");
    assertThatThrownBy(() -> changed("{\"a\":[1]}", "a.b", "2"))
        .hasMessage("the body has nothing at $.a.b");
    assertThatThrownBy(() -> changed("{\"a\":1}", "a.b.c", "2"))
        .hasMessage("the body has nothing at $.a.b.c");
  }

  @Test
  void other_paths_are_refused_and_so_is_a_body_without_json() {
    for (String path : new String[] {"$", "a..b", "a[*]", "a[?(@.b)]", "a.", "a b", "a[9999999]"}) {
      assertThatThrownBy(() -> changed("{\"a\":1}", path, "2"))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is no path of names and numbers");
    }
    assertThatThrownBy(() -> changed("plain", "a", "2")).hasMessage("the body is not JSON");
  }

  @Test
  void a_field_of_a_form_is_replaced_in_its_place_or_added() {
    OutgoingWebhook message = message(FORM, "a=1&b=2&a=3&c", "");

    message.change("a", "x y&z");
    message.change("form:d", "ü");

    assertThat(new String(message.body(), UTF_8)).isEqualTo("a=x+y%26z&b=2&c=&d=%C3%BC");
    assertThat(message.text("form:a")).hasValue("x y&z");
  }

  @Test
  void a_path_leads_into_the_json_in_a_forms_field() {
    OutgoingWebhook message = message(FORM, "v=1&events=%5B%7B%22id%22%3A%22a%22%7D%5D", "events");

    message.change("[0].id", "b&c");

    assertThat(message.text("$[0].id")).hasValue("b&c");
    assertThat(message.text("form:events")).hasValue("[{\"id\":\"b&c\"}]");
    assertThat(message.text("form:v")).hasValue("1");
  }

  @Test
  void a_query_is_appended_to_the_one_that_is_there() {
    OutgoingWebhook message = message(JSON, "{}", "");

    message.put("query:a b", "1&2");
    message.put("query:c", "");

    assertThat(message.url()).isEqualTo("https://hub.example/x?a+b=1%262&c=");
  }
}
