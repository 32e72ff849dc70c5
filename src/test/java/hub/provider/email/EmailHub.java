package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A hub with the shipped e-mail routes. */
final class EmailHub {
  private EmailHub() {}

  static TestHub.Builder builder(Store store) {
    return TestHub.on(store)
        .with("EMAIL_FROM", "Zoë Ångström <hub@example.com>")
        .with("hub.inbox.retry-delays-seconds", "1,1,1")
        .routeFile("policies/retry-then-park.camel.yaml")
        .routeFile("policies/every-route.camel.yaml")
        .routeFile("email/*.camel.yaml");
  }

  static TestHub.Builder bySmtp(Store store, String url) {
    return builder(store).with("EMAIL_TRANSPORT", "smtp").with("SMTP_URL", url);
  }

  static HttpResponse<String> post(TestHub hub, String body, String... headers) {
    String[] all = new String[headers.length + 4];
    System.arraycopy(headers, 0, all, 4, headers.length);
    all[0] = "Authorization";
    all[1] = "Bearer " + TestHub.API_KEY;
    all[2] = "Content-Type";
    all[3] = "application/json";
    return hub.post("/api/email", body, all);
  }

  /** Queues an e-mail, which must be accepted, and returns its event's id. */
  static String queue(TestHub hub, String body, String... headers) {
    HttpResponse<String> answer = post(hub, body, headers);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.own(answer.body()).get("id").asText();
  }

  static String mail(String to) {
    return Json.text(
        Json.object().put("to", to).put("subject", "Hello").put("html", "<p>Hello <b>Ada</b></p>"));
  }

  /** Waits until the event has this status and number of attempts, {@code done 1}. */
  static void awaitStatus(TestHub hub, String id, String status) {
    await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(status(hub, id)).isEqualTo(status));
  }

  static String status(TestHub hub, String id) {
    return hub.query(
            "SELECT status || ' ' || attempts FROM inbox_delivery WHERE CAST(event_id AS varchar(36)) = ?",
            id)
        .orElse("");
  }

  static String error(TestHub hub, String id) {
    return hub.query(
            "SELECT last_error FROM inbox_delivery WHERE CAST(event_id AS varchar(36)) = ?", id)
        .orElse("");
  }
}
