package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The parameter {@code each} of a source, and tokens that are good once. */
class EachTest {
  private static final String SECRET = "a-secret-of-the-mill";
  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub =
        TestHub.on(Store.H2)
            .routeFile("policies/*.camel.yaml")
            .with("MILL_SECRET", SECRET)
            .with("MAILGUN_WEBHOOK_SIGNING_KEY", SECRET)
            .with("hub.sources", "mailgun")
            .route(
                "mill-webhook",
                """
                - route:
                    id: mill-webhook
                    description: Receives what the mill sends.
                    from:
                      uri: kamelet:webhook-source
                      parameters:
                        source: mill
                        scheme: hmac
                        secrets: MILL_SECRET
                        signatureHeader: X-Mill
                        eventId: $.id
                        eventType: $.type
                        orderingKey: $.stone
                        each: $.sacks[*]
                      steps:
                        - to:
                            uri: inbox:mill
                """)
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static String hmac(String content) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(content.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> send(String body) {
    return hub.post(
        "/api/webhooks/mill", body, "Content-Type", "application/json", "X-Mill", hmac(body));
  }

  private static String stored(String id) {
    return hub.query(
            "SELECT count(*) FROM inbox_event WHERE source = 'mill' AND provider_event_id LIKE ?",
            id + "%")
        .orElseThrow();
  }

  @Test
  void each_element_is_an_event_with_its_bytes_as_they_stand() {
    String id = UUID.randomUUID().toString();
    String first = "{ \"id\" : \"%s-1\",\n \"type\":\"full\", \"stone\":\"ö\" }".formatted(id);
    String body = "{\"sacks\":[ " + first + ",{\"id\":\"" + id + "-2\",\"type\":\"empty\"}]}";

    JsonNode answer = Json.own(send(body).body());

    assertThat(answer.at("/status").asText()).isEqualTo("accepted");
    assertThat(answer.at("/events")).hasSize(2);
    assertThat(answer.at("/id")).isEqualTo(answer.at("/events/0/id"));
    JsonNode event = hub.json("/api/admin/events/" + answer.at("/id").asText());
    assertThat(event.at("/payload").asText()).isEqualTo(first);
    assertThat(event.at("/type").asText()).isEqualTo("full");
    assertThat(event.at("/orderingKey").asText()).isEqualTo("ö");
    JsonNode again = Json.own(send(body).body());
    assertThat(again.at("/status").asText()).isEqualTo("duplicate");
    assertThat(again.at("/id")).isEqualTo(answer.at("/id"));
    assertThat(stored(id)).isEqualTo("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"sacks\":[]}", "{}", "[]"})
  void a_body_without_elements_is_fine_and_stores_nothing(String body) {
    HttpResponse<String> answer = send(body);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Json.own(answer.body()).at("/events")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"sacks\":{}}", "{\"sacks\":null}", "{\"sacks\":\"full\"}"})
  void something_else_in_the_place_of_the_list_is_refused(String body) {
    HttpResponse<String> answer = send(body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid");
  }

  @Test
  void one_element_without_an_id_refuses_all() {
    String id = UUID.randomUUID().toString();

    HttpResponse<String> answer = send("{\"sacks\":[{\"id\":\"" + id + "\"},{\"type\":\"full\"}]}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("event-id-missing");
    assertThat(stored(id)).isEqualTo("0");
  }

  @Test
  void more_than_a_thousand_elements_are_refused() {
    String id = UUID.randomUUID().toString();
    String elements =
        IntStream.range(0, 1001)
            .mapToObj(i -> "{\"id\":\"" + id + i + "\"}")
            .collect(Collectors.joining(","));

    HttpResponse<String> answer = send("{\"sacks\":[" + elements + "]}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("payload-invalid");
    assertThat(stored(id)).isEqualTo("0");
  }

  @Test
  void a_token_that_is_good_once_takes_no_other_event() {
    String time = Long.toString(System.currentTimeMillis() / 1000);
    String token = UUID.randomUUID().toString();

    assertThat(mailgun(time, token, "first").body()).contains("accepted");
    assertThat(mailgun(time, token, "first").body()).contains("duplicate");
    HttpResponse<String> forged = mailgun(time, token, "another");

    assertThat(forged.statusCode()).isEqualTo(400);
    assertThat(forged.body()).contains("signature-mismatch");
    assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'mailgun'"))
        .hasValue("1");
  }

  @Test
  void without_the_token_that_is_good_once_nothing_is_proven() {
    String time = Long.toString(System.currentTimeMillis() / 1000);

    HttpResponse<String> answer = mailgun(time, "", "first");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("signature-missing");
  }

  private static HttpResponse<String> mailgun(String time, String token, String id) {
    return hub.post(
        "/api/webhooks/mailgun",
        """
        {"signature":{"timestamp":"%s","token":"%s","signature":"%s"},
         "event-data":{"id":"%s","event":"delivered"}}
        """
            .formatted(time, token, hmac(time + token), id),
        "Content-Type",
        "application/json");
  }
}
