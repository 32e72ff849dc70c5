package hub.call.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import hub.call.policy.CallFailedException;
import hub.call.policy.CallOutcome;
import hub.util.Json;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** APIs that tell their failures behind a 2xx. */
class FailureInAnswerTest {
  private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();

  private static CallFailedException failure(String path, String kind, Object body) {
    FailureInAnswer step = new FailureInAnswer();
    step.setFailureAt(path);
    step.setFailureIs(kind);
    Exchange exchange = new DefaultExchange(CONTEXT);
    exchange.getMessage().setBody(body);
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    return catchThrowableOfType(CallFailedException.class, () -> step.process(exchange));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$.errors | {\"errors\":[{\"message\":\"no such field\"}]} | {\"message\":\"no such field\"}",
        "$[?(@.ok == false)].error | {\"ok\":false,\"error\":\"channel_not_found\"} | channel_not_found",
        "$[?(@.status == 0)] | {\"status\":0,\"error\":\"bad\"} | bad",
        "$[?(@.status)][?(@.status != 1)] | {\"status\":0,\"error\":\"bad\"} | bad",
        "$[?(@.code >= 300)] | {\"code\":500} | 500",
        "$.quota_limited[?(@ == 'events')] | {\"status\":1,\"quota_limited\":[\"recordings\",\"events\"]} | events"
      })
  void what_stands_at_the_place_is_the_failure(String path, String body, String words) {
    CallFailedException failure = failure(path, "rejected", Json.plain(Json.own(body)));

    assertThat(failure).hasMessageContaining("HTTP 200 with").hasMessageContaining(words);
    assertThat(failure.isPermanent()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "$.errors | {\"data\":1}",
        "$.errors | {\"errors\":[]}",
        "$.errors | {\"errors\":null}",
        "$.error | {\"error\":\"\"}",
        "$.failed | {\"failed\":false}",
        "$[?(@.ok == false)].error | {\"ok\":true}",
        "$[?(@.status == 0)] | {\"status\":1,\"error\":null}",
        "$[?(@.status == 0)] | {}",
        "$[?(@.status)][?(@.status != 1)] | {}",
        "$[?(@.code >= 300)] | {\"code\":200}",
        "$.quota_limited[?(@ == 'events')] | {\"quota_limited\":[\"recordings\"]}",
        "'' | {\"errors\":[1]}"
      })
  void an_answer_with_nothing_there_is_a_success(String path, String body) {
    assertThat(failure(path, "rejected", Json.plain(Json.own(body)))).isNull();
  }

  @Test
  void an_answer_that_is_no_json_is_a_success() {
    assertThat(failure("$.errors", "rejected", "ok")).isNull();
    assertThat(failure("$.errors", "rejected", null)).isNull();
  }

  @Test
  void it_is_tried_again_where_the_route_says_so() {
    Object body = Json.plain(Json.own("{\"error\":\"busy\"}"));

    CallFailedException later = failure("$.error", "failed", body);
    assertThat(later.isPermanent()).isFalse();
    assertThat(later.failure().outcome()).isEqualTo(CallOutcome.FAILED);
    assertThat(failure("$.error", "unavailable", body).failure().outcome())
        .isEqualTo(CallOutcome.UNAVAILABLE);
  }

  @Test
  void a_wrong_parameter_is_told() {
    FailureInAnswer step = new FailureInAnswer();
    assertThatThrownBy(() -> step.setFailureAt("$.a["))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("failureAt: '$.a[' is no JSONPath");
    assertThatThrownBy(() -> step.setFailureIs("bad"))
        .hasMessageContaining("is not one of rejected, failed, unavailable");
  }
}
