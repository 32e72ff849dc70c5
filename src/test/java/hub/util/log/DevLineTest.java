package hub.util.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DevLineTest {
  private final DevLine plain = new DevLine(false);

  @Test
  void a_request_an_event_and_a_call_are_a_short_line_each() {
    assertThat(
            plain.of(
                "INFO",
                "hub.request",
                "method=POST path=/api/webhooks/shop status=200 ms=4 address=::1 requestId=ab"))
        .isEqualTo("POST /api/webhooks/shop 200 4 ms");
    assertThat(
            plain.of(
                "INFO",
                "hub.handling",
                "event=e1 source=shop type=order.paid route=shop-note-order attempt=1 outcome=done ms=12"))
        .isEqualTo("event shop order.paid → shop-note-order done 12 ms");
    assertThat(
            plain.of(
                "INFO",
                "hub.call",
                "provider=crm operation=show-customer status=200 outcome=ok ms=85 attempt=1"))
        .isEqualTo("call crm show-customer 200 85 ms");
  }

  @Test
  void a_failure_tells_its_error_and_the_id_to_look_for() {
    assertThat(
            plain.of(
                "WARN",
                "hub.handling",
                "event=e1 source=shop type=order.paid route=note attempt=2 outcome=retrying ms=1 error=status=9 is wrong"))
        .isEqualTo(
            "WARN event shop order.paid → note retrying 1 ms attempt 2 event=e1 error=status=9 is wrong");
    assertThat(
            plain.of(
                "INFO", "hub.request", "method=GET path=/x status=404 ms=0 address=- requestId=ab"))
        .isEqualTo("GET /x 404 0 ms requestId=ab");
  }

  @Test
  void other_messages_keep_their_words_and_colours_come_on_request_only() {
    assertThat(plain.of("INFO", "shop-note-order", "Order 7")).isEqualTo("shop-note-order Order 7");
    assertThat(plain.of("ERROR", "hub.dev", "x.yaml:1: wrong")).isEqualTo("ERROR x.yaml:1: wrong");
    assertThat(new DevLine(true).of("ERROR", "hub.dev", "wrong"))
        .isEqualTo("\u001b[31mERROR \u001b[0mwrong");
  }
}
