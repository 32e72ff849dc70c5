package hub.provider.email;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * E-mail by Resend and SendGrid, and their failures. Slow: it waits for timeouts and for the next
 * attempts.
 */
@Tag("long") // calls run into their limits of time
@Tag("slow")
@Tag("waits")
class EmailApiTest {
  /** What the two have in common. */
  enum Api {
    RESEND(
        "resend", "/emails", 200, "re_s3cret+1", "{\"name\":\"concurrent_idempotent_requests\"}"),
    SENDGRID(
        "sendgrid",
        "/v3/mail/send",
        202,
        "SG.s3cret+1",
        "{\"errors\":[{\"message\":\"Another request is in progress\"}]}");

    final String name;
    final String path;
    final int ok;
    final String key;

    /** Answers that the same request is in progress. */
    final String locked;

    Api(String name, String path, int ok, String key, String locked) {
      this.name = name;
      this.path = path;
      this.ok = ok;
      this.key = key;
      this.locked = locked;
    }
  }

  private static final WireMockServer SERVER =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub resend;
  private static TestHub sendgrid;

  @BeforeAll
  static void start() {
    SERVER.start();
    resend = hub(Api.RESEND);
    sendgrid = hub(Api.SENDGRID);
  }

  private static TestHub hub(Api api) {
    String prefix = api.name().toUpperCase(java.util.Locale.ROOT);
    return EmailHub.builder(Store.H2)
        .with("EMAIL_TRANSPORT", api.name)
        .with(prefix + "_API_KEY", api.key)
        .with(prefix + "_API_BASE", "http://localhost:" + SERVER.port())
        .with("hub.call.attempt-seconds", "2")
        .with("hub.call.total-seconds", "12")
        .with("hub.call.answer-max-bytes", "1000000")
        .with("hub.breaker.attempts", "1000")
        .start();
  }

  @AfterAll
  static void stop() {
    resend.close();
    sendgrid.close();
    SERVER.stop();
  }

  @BeforeEach
  void reset() {
    SERVER.resetAll();
  }

  private static TestHub of(Api api) {
    return api == Api.RESEND ? resend : sendgrid;
  }

  private static List<LoggedRequest> requests(Api api) {
    return SERVER.findAll(postRequestedFor(urlEqualTo(api.path)));
  }

  @Test
  void resend_is_given_the_whole_email_under_a_key_of_the_events() {
    SERVER.stubFor(post("/emails").willReturn(okJson("{\"id\":\"1\"}")));

    String id =
        EmailHub.queue(
            resend,
            "{\"to\":\"ada@example.com\",\"subject\":\"世界\",\"html\":\"<p>Hi</p>\",\"text\":\"own\",\"replyTo\":\"help@example.com\"}");
    EmailHub.awaitStatus(resend, id, "done 1");

    LoggedRequest request = requests(Api.RESEND).get(0);
    assertThat(request.getHeader("Authorization")).isEqualTo("Bearer re_s3cret+1");
    assertThat(request.getHeader("Idempotency-Key"))
        .as("the same after a restart")
        .isEqualTo(id + "/email-send/send-email-by-resend/send-by-resend");
    JsonNode body = Json.own(request.getBodyAsString());
    assertThat(body.at("/from").asText()).isEqualTo("Zoë Ångström <hub@example.com>");
    assertThat(body.at("/to/0").asText()).isEqualTo("ada@example.com");
    assertThat(body.at("/subject").asText()).isEqualTo("世界");
    assertThat(body.at("/html").asText()).isEqualTo("<p>Hi</p>");
    assertThat(body.at("/text").asText()).isEqualTo("own");
    assertThat(body.at("/reply_to").asText()).isEqualTo("help@example.com");
  }

  @Test
  void sendgrid_is_given_the_whole_email_text_first() {
    SERVER.stubFor(post("/v3/mail/send").willReturn(aResponse().withStatus(202)));

    String id =
        EmailHub.queue(
            sendgrid,
            "{\"to\":[\"ada@example.com\",\"ADA@example.com\",\"bob@example.com\"],\"subject\":\"Hi\",\"html\":\"<p>Hi</p>\"}");
    EmailHub.awaitStatus(sendgrid, id, "done 1");

    JsonNode body = Json.own(requests(Api.SENDGRID).get(0).getBodyAsString());
    assertThat(body.at("/personalizations/0/to")).hasSize(2);
    assertThat(body.at("/from/email").asText()).isEqualTo("hub@example.com");
    assertThat(body.at("/from/name").asText()).isEqualTo("Zoë Ångström");
    assertThat(body.at("/content/0/type").asText()).isEqualTo("text/plain");
    assertThat(body.at("/content/0/value").asText()).isEqualTo("Hi");
    assertThat(body.at("/content/1/type").asText()).isEqualTo("text/html");
    assertThat(body.at("/custom_args/hubEventId").asText()).isEqualTo(id);
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void a_failed_attempt_is_made_again_under_the_same_key(Api api) {
    String[] states = {"Started", "limited", "reset", "silent", "html", "well"};
    var faults =
        List.of(
            aResponse().withStatus(500),
            aResponse().withStatus(429).withHeader("Retry-After", "1"),
            aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
            aResponse().withStatus(200).withFixedDelay(4_000),
            aResponse()
                .withStatus(502)
                .withHeader("Content-Type", "text/html")
                .withBody("<html>Bad gateway</html>"));
    for (int i = 0; i < faults.size(); i++) {
      SERVER.stubFor(
          post(api.path)
              .inScenario("bad day")
              .whenScenarioStateIs(states[i])
              .willReturn(faults.get(i))
              .willSetStateTo(states[i + 1]));
    }
    SERVER.stubFor(
        post(api.path)
            .inScenario("bad day")
            .whenScenarioStateIs("well")
            .willReturn(aResponse().withStatus(api.ok)));

    String id = EmailHub.queue(of(api), EmailHub.mail("ada@example.com"));
    EmailHub.awaitStatus(of(api), id, "done 2");

    assertThat(requests(api)).hasSize(6);
    assertThat(
            requests(api).stream().map(request -> request.getHeader("Idempotency-Key")).distinct())
        .hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void what_is_refused_for_good_is_parked_after_one_request(Api api) {
    SERVER.stubFor(
        post(api.path)
            .willReturn(
                aResponse()
                    .withStatus(422)
                    .withHeader("Content-Type", "application/json")
                    .withBody(
                        "{\"name\":\"validation_error\",\"message\":\"The domain is not allowed\"}")));

    String id = EmailHub.queue(of(api), EmailHub.mail("ada@example.com"));
    EmailHub.awaitStatus(of(api), id, "dead 1");

    assertThat(EmailHub.error(of(api), id))
        .contains("validation_error", "The domain is not allowed");
    assertThat(requests(api)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void an_email_that_is_being_sent_already_is_asked_for_again(Api api) {
    SERVER.stubFor(
        post(api.path)
            .inScenario("lock")
            .willReturn(
                aResponse()
                    .withStatus(409)
                    .withHeader("Content-Type", "application/json")
                    .withBody(api.locked))
            .willSetStateTo("free"));
    SERVER.stubFor(
        post(api.path)
            .inScenario("lock")
            .whenScenarioStateIs("free")
            .willReturn(aResponse().withStatus(api.ok)));

    String id = EmailHub.queue(of(api), EmailHub.mail("ada@example.com"));
    EmailHub.awaitStatus(of(api), id, "done 1");

    assertThat(requests(api).size()).isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void a_wrong_key_is_tried_again_by_the_schedule_for_it_can_be_mended(Api api) {
    SERVER.stubFor(
        post(api.path)
            .inScenario("key")
            .willReturn(aResponse().withStatus(401))
            .willSetStateTo("mended"));
    SERVER.stubFor(
        post(api.path)
            .inScenario("key")
            .whenScenarioStateIs("mended")
            .willReturn(aResponse().withStatus(api.ok)));

    String id = EmailHub.queue(of(api), EmailHub.mail("ada@example.com"));
    EmailHub.awaitStatus(of(api), id, "done 2");

    assertThat(EmailHub.error(of(api), id)).doesNotContain(api.key);
  }

  @ParameterizedTest
  @EnumSource(Api.class)
  void an_endless_answer_is_cut_off(Api api) {
    SERVER.stubFor(
        post(api.path)
            .inScenario("flood")
            .willReturn(aResponse().withStatus(500).withBody(new byte[10_000_000]))
            .willSetStateTo("well"));
    SERVER.stubFor(
        post(api.path)
            .inScenario("flood")
            .whenScenarioStateIs("well")
            .willReturn(aResponse().withStatus(api.ok)));

    try (LogLines calls = LogLines.of("hub.call")) {
      String id = EmailHub.queue(of(api), EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(of(api), id, "done 1");

      assertThat(calls.lines()).hasSize(2);
      assertThat(calls.lines().get(0)).contains("larger than 1000000 bytes");
      assertThat(calls.lines()).noneMatch(line -> line.contains(api.key));
    }
  }
}
