package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.testing.Hubs;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code POST /api/email} accepts and guarantees. */
@Tag("postgres")
class EmailQueueTest {
  private static MailServer server;
  private static Hubs hubs;

  @BeforeAll
  static void start() {
    server = MailServer.open();
    hubs = new Hubs(store -> EmailHub.bySmtp(store, "smtp://127.0.0.1:" + server.port()).start());
  }

  @AfterAll
  static void stop() {
    hubs.close();
    server.close();
  }

  @BeforeEach
  void reset() {
    server.deliveries.clear();
  }

  private static TestHub hub() {
    return hubs.on(Store.H2);
  }

  private static ObjectNode mail() {
    return Json.object()
        .put("to", "ada@example.com")
        .put("subject", "Hello")
        .put("html", "<p>Hello</p>");
  }

  private static void assertRefused(ObjectNode mail, String... details) {
    long before = stored();
    HttpResponse<String> answer = EmailHub.post(hub(), Json.text(mail));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(Json.own(answer.body()).get("type").asText())
        .isEqualTo("urn:hub:problem:payload-invalid");
    assertThat(Json.own(answer.body()).get("detail").asText()).contains(details);
    assertThat(stored()).isEqualTo(before);
  }

  private static long stored() {
    return Long.parseLong(hub().query("SELECT count(*) FROM inbox_event").orElseThrow());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_same_key_brings_back_the_first_id_and_sends_once(Store store) {
    TestHub hub = hubs.on(store);
    HttpResponse<String> first =
        EmailHub.post(hub, Json.text(mail()), "Idempotency-Key", "order-7/confirmation");
    HttpResponse<String> second =
        EmailHub.post(hub, Json.text(mail()), "Idempotency-Key", "order-7/confirmation");

    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(second.body()).isEqualTo(first.body()).contains("\"status\":\"queued\"");
    assertThat(first.headers().firstValue("Idempotency-Key")).contains("order-7/confirmation");
    EmailHub.awaitStatus(hub, Json.own(first.body()).get("id").asText(), "done 1");
    assertThat(server.deliveries).hasSize(1);
  }

  @Test
  void a_key_is_made_and_told_when_there_is_none() {
    HttpResponse<String> answer = EmailHub.post(hub(), Json.text(mail()));

    String key = answer.headers().firstValue("Idempotency-Key").orElseThrow();
    assertThat(
            hub()
                .query(
                    "SELECT provider_event_id FROM inbox_event WHERE provider_event_id = ?",
                    "test/" + key))
        .contains("test/" + key);
    await().until(() -> server.deliveries.size() == 1);
  }

  @Test
  void a_replay_of_what_was_sent_sends_nothing() {
    String id = EmailHub.queue(hub(), Json.text(mail()));
    EmailHub.awaitStatus(hub(), id, "done 1");

    assertThat(hub().operate("/api/admin/events/" + id + "/replay", "").statusCode())
        .isEqualTo(202);
    await()
        .until(
            () ->
                hub()
                    .query(
                        "SELECT attempt_log FROM inbox_delivery WHERE CAST(event_id AS varchar(36)) = ?",
                        id)
                    .filter(log -> log.lines().count() == 2)
                    .isPresent());

    assertThat(server.deliveries).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ada",
        "ada@",
        "@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com\n",
        "Ada <ada@example.com>",
        "ada@example.com,eve@example.com",
        "ada@exa mple.com",
        "ada@@example.com",
        ".ada@example.com",
        "a..da@example.com",
        "\"a b\"@example.com",
        "ada@-example.com",
        "ada@example.com\0",
        "<ada@example.com>",
        "ada@[127.0.0.1]",
        "zoë@example.com",
        "ada@example..com"
      })
  void what_is_no_bare_address_is_refused(String address) {
    assertRefused(mail().put("to", address), "to is not a bare address");
    assertRefused(mail().put("replyTo", address), "replyTo is not a bare address");
  }

  @Test
  void a_domain_in_other_letters_goes_out_as_ascii() {
    EmailHub.queue(hub(), Json.text(mail().put("to", "ada@bücher.example")));

    await().until(() -> server.deliveries.size() == 1);
    assertThat(server.deliveries.get(0).recipients()).containsExactly("ada@xn--bcher-kva.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hi\r\nBcc: eve@example.com",
        "Hi\nX: y",
        "Hi\rX: y",
        "Hi\0",
        "",
        "  ",
        "a\u0085b"
      })
  void a_subject_that_would_begin_another_header_is_refused(String subject) {
    assertRefused(mail().put("subject", subject), "subject");
  }

  @Test
  void every_fault_of_an_email_is_named() {
    assertRefused(
        mail().put("subject", "a\nb").put("to", "x").put("html", " ").put("text", "a\0"),
        "subject has a line break",
        "to is not",
        "html is empty",
        "text has a NUL");
    ObjectNode illTyped = mail().put("subject", 7).put("bcc", "eve@example.com");
    illTyped.remove("html");
    assertRefused(illTyped, "subject", "bcc is not known", "html is missing");
    assertRefused(mail().put("subject", "x".repeat(999)), "longer than 998");
  }

  @Test
  void half_a_surrogate_pair_is_refused() {
    HttpResponse<String> answer =
        EmailHub.post(
            hub(),
            "{\"to\":\"a@b.example\",\"subject\":\"x\\ud83c\",\"html\":\"<p>x\\ud83c</p>\"}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("subject has an unpaired surrogate").contains("html has");
  }

  @Test
  void fifty_recipients_get_one_email_and_a_thousand_are_refused() {
    EmailHub.queue(hub(), Json.text((ObjectNode) mail().set("to", many(50))));
    await().until(() -> server.deliveries.size() == 1);
    assertThat(server.deliveries.get(0).recipients()).hasSize(50);

    assertRefused((ObjectNode) mail().set("to", many(51)), "51 addresses");
    assertRefused((ObjectNode) mail().set("to", many(1_000)), "1000 addresses", "1 to 50");
    assertRefused((ObjectNode) mail().set("to", many(0)), "to");
  }

  private static ArrayNode many(int number) {
    ArrayNode all = Json.object().putArray("x");
    for (int i = 0; i < number; i++) {
      all.add("a" + i + "@example.com");
    }
    return all;
  }

  @Test
  void almost_a_mebibyte_goes_out_whole_and_more_is_refused() {
    String line = "ä&amp;<b>x</b>\n";
    String html = line.repeat(900_000 / line.length());
    String id = EmailHub.queue(hub(), Json.text(mail().put("html", html)));
    EmailHub.awaitStatus(hub(), id, "done 1");

    assertThat(server.deliveries.get(0).part(1)).isEqualToNormalizingNewlines(html);

    HttpResponse<String> answer =
        EmailHub.post(hub(), Json.text(mail().put("html", "x".repeat(1 << 20))));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("payload-too-large");
  }

  @Test
  void without_settings_an_email_is_refused_naming_what_is_missing() {
    try (TestHub hub =
        TestHub.on(Store.H2)
            .with("EMAIL_TRANSPORT", "smtp")
            .routeFile("email/*.camel.yaml")
            .routeFile("policies/*.camel.yaml")
            .start()) {
      HttpResponse<String> answer = EmailHub.post(hub, Json.text(mail()));

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body())
          .contains("urn:hub:problem:not-configured")
          .contains("EMAIL_FROM, SMTP_URL");
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).isEqualTo(Optional.of("0"));
      assertThat(EmailHub.post(hub, "{}").statusCode()).isEqualTo(400);
    }
  }
}
