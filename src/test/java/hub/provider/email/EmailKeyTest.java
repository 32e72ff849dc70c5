package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** An Idempotency-Key belongs to its caller only. */
class EmailKeyTest {
  private static final String MAIL =
      "{\"to\":\"ada@example.com\",\"subject\":\"Hello\",\"html\":\"<p>Hello</p>\"}";

  @Test
  void one_callers_key_does_not_swallow_anothers_mail() {
    try (TestHub hub =
        TestHub.on(Store.H2)
            .with("hub.api-keys", "one:the-key-of-caller-one,two:the-key-of-caller-two")
            .with("EMAIL_TRANSPORT", "smtp")
            .with("EMAIL_FROM", "hub@example.com")
            .with("SMTP_URL", "smtp://localhost:1")
            .routeFile("email/email-queue.camel.yaml")
            .start()) {
      String first = id(post(hub, "the-key-of-caller-one", "order-1"));

      assertThat(id(post(hub, "the-key-of-caller-one", "order-1"))).isEqualTo(first);
      assertThat(id(post(hub, "the-key-of-caller-two", "order-1"))).isNotEqualTo(first);
      HttpResponse<String> refused = post(hub, "the-key-of-caller-one", "x".repeat(256));
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("payload-invalid", "Idempotency-Key");
    }
  }

  private static HttpResponse<String> post(TestHub hub, String key, String idempotencyKey) {
    return hub.post(
        "/api/email", MAIL, "Authorization", "Bearer " + key, "Idempotency-Key", idempotencyKey);
  }

  private static String id(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.own(answer.body()).get("id").asText();
  }
}
