package hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import hub.util.Json;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaveOutNullsTest {
  private static Object left(Object body) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.getMessage().setBody(body);
    new LeaveOutNulls().process(exchange);
    return exchange.getMessage().getBody();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1,\"b\":null} | {\"a\":1}",
        "{\"a\":{\"b\":null},\"c\":{}} | {\"c\":{}}",
        "{\"a\":null} | {}",
        "{\"a\":[{\"b\":null},null,{\"c\":1,\"d\":null}]} | {\"a\":[{},null,{\"c\":1}]}",
        "[{\"a\":null}] | [{}]"
      })
  void members_without_a_value_go_and_elements_keep_their_places(String given, String expected) {
    assertThat(Json.text(left(Json.plain(Json.own(given))))).isEqualTo(expected);
    assertThat(Json.text(left(Json.own(given)))).as("as a tree").isEqualTo(expected);
  }

  @Test
  void bytes_are_not_copied() {
    byte[] bytes = {1, 2, 3};
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("content", bytes);
    file.put("type", null);

    Map<?, ?> mail = (Map<?, ?>) left(Map.of("files", Arrays.asList(file, null)));

    Map<?, ?> kept = (Map<?, ?>) ((List<?>) mail.get("files")).get(0);
    assertThat(kept.get("content")).isSameAs(bytes);
    assertThat(kept.containsKey("type")).isFalse();
  }
}
