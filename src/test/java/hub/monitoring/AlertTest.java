package hub.monitoring;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import hub.provider.email.MailServer;
import hub.testing.LogLines;
import hub.testing.SettableClock;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slow: it waits for evaluations in which nothing may happen. */
@Tag("postgres")
@Tag("slow")
@Tag("waits")
class AlertTest {
  private static final String SECRET_PATH = "/services/T0/B0/a-secret-that-nobody-may-read";

  private static WireMockServer slack;
  private static MailServer mail;

  @BeforeAll
  static void openChannels() {
    slack = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    slack.start();
    mail = MailServer.open();
  }

  @AfterAll
  static void closeChannels() {
    slack.stop();
    mail.close();
  }

  /** A hub that has no stored alerts. */
  private static TestHub.Builder builder(Store store, SettableClock clock) throws IOException {
    slack.resetAll();
    slack.stubFor(post(SECRET_PATH).willReturn(ok("ok")));
    mail.deliveries.clear();
    return shipped(store, clock);
  }

  /** The shipped alert routes, evaluated every second. */
  private static TestHub.Builder shipped(Store store, SettableClock clock) throws IOException {
    String route =
        Files.readString(Path.of("routes/alerts/alert-dead-letters.camel.yaml"))
            .replace("condition:", "everySeconds: 1\n        condition:");
    return TestHub.on(store)
        .bind("clock", clock)
        .with("HUB_ALERT_EMAIL", "ops@example.com, night@example.com")
        .with("HUB_ALERT_SLACK_URL", slack.baseUrl() + SECRET_PATH)
        .with("EMAIL_TRANSPORT", "smtp")
        .with("EMAIL_FROM", "hub@example.com")
        .with("SMTP_URL", "smtp://localhost:" + mail.port())
        .routeFile("policies/*.camel.yaml")
        .routeFile("email/*.camel.yaml")
        .routeFile("alerts/alert-by-email.camel.yaml")
        .routeFile("alerts/alert-by-slack.camel.yaml")
        .route("alert-dead-letters", route);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void dead_letters_are_told_once_repeated_by_interval_silenced_and_told_when_over(Store store)
      throws Exception {
    SettableClock clock = SettableClock.running();
    try (LogLines log = LogLines.of("hub.call");
        TestHub hub = builder(store, clock).start()) {
      assertThat(hub.json("/api/admin/alerts").get("alerts")).isEmpty();
      Source source = new Source(hub).handler("broken", "*", AlertTest::fail);
      source.event("1", "x", "dead");
      clock.advance(Duration.ofSeconds(6));

      awaitPosts(1);
      awaitMails(1);
      assertThat(lastPost())
          .isEqualTo(
              "[firing] dead-letters: Dead events: 1, of "
                  + source.name()
                  + "; mend the cause and replay them. (critical)");
      MailServer.Delivery first = mail.deliveries.get(0);
      assertThat(first.recipients()).containsExactly("ops@example.com", "night@example.com");
      assertThat(first.message().getSubject()).startsWith("[firing] dead-letters: Dead events: 1");
      assertThat(first.part(0)).contains("Since: ", "http://localhost:8080/console/");
      JsonNode shown = hub.json("/api/admin/alerts").at("/alerts/0");
      assertThat(shown.get("name").asText()).isEqualTo("dead-letters");
      assertThat(shown.get("severity").asText()).isEqualTo("critical");
      assertThat(shown.get("value").asInt()).isEqualTo(1);
      assertThat(shown.get("silencedUntil").isNull()).isTrue();

      clock.advance(Duration.ofMinutes(239));
      looks();
      assertThat(posts()).isEqualTo(1);
      clock.advance(Duration.ofMinutes(2));
      awaitPosts(2);
      awaitMails(2);
      assertThat(lastPost()).startsWith("[repeated] dead-letters: Dead events: 1");

      assertThat(silence(hub, "dead-letters", 600)).isEqualTo(204);
      clock.advance(Duration.ofHours(5));
      looks();
      assertThat(posts()).isEqualTo(2);
      assertThat(hub.json("/api/admin/alerts").at("/alerts/0/silencedUntil").asText()).isNotEmpty();
      assertThat(silence(hub, "dead-letters", 0)).isEqualTo(204);
      awaitPosts(3);
      awaitMails(3);

      source.removeHandler("broken");
      source.handler("mended", "*", exchange -> {});
      hub.update("UPDATE inbox_delivery SET status = 'done' WHERE status = 'dead'");
      clock.advance(Duration.ofSeconds(6));
      awaitPosts(4);
      awaitMails(4);
      assertThat(lastPost()).isEqualTo("[over] dead-letters: back to normal. (critical)");
      assertThat(hub.json("/api/admin/alerts").get("alerts")).isEmpty();
      looks();
      assertThat(posts()).isEqualTo(4);
      assertThat(mail.deliveries).hasSize(4);
      assertThat(log.lines()).noneMatch(line -> line.contains("a-secret"));
    }
  }

  @Test
  void two_nodes_and_a_restart_still_tell_once() throws Exception {
    SettableClock clock = SettableClock.running();
    try (TestHub first = builder(Store.POSTGRESQL, clock).start()) {
      TestHub.Builder next = builder(Store.POSTGRESQL, clock).beside(first);
      try (TestHub second = next.start()) {
        Source source = new Source(first).handler("broken", "*", AlertTest::fail);
        source.event("1", "x", "dead");
        awaitPosts(1);
        awaitMails(1);
        looks();
        assertThat(second.json("/api/admin/alerts").at("/alerts/0/name").asText())
            .isEqualTo("dead-letters");
        assertThat(silence(second, "dead-letters", 5)).isEqualTo(204);
        assertThat(silence(first, "dead-letters", 0)).isEqualTo(204);
      }
      try (TestHub restarted = builderKeepingPosts(first, clock).start()) {
        looks();
        assertThat(restarted.json("/api/admin/alerts").get("alerts")).hasSize(1);
        assertThat(posted()).hasSize(1);
        assertThat(mail.deliveries).hasSize(1);
      }
    }
  }

  private static TestHub.Builder builderKeepingPosts(TestHub first, SettableClock clock)
      throws IOException {
    return shipped(Store.POSTGRESQL, clock).beside(first);
  }

  @Test
  void a_slack_that_is_away_is_tried_again_and_one_that_refuses_keeps_no_mail_back()
      throws Exception {
    SettableClock clock = SettableClock.running();
    TestHub.Builder builder = builder(Store.H2, clock);
    slack.stubFor(
        post(SECRET_PATH)
            .inScenario("away")
            .whenScenarioStateIs(Scenario.STARTED)
            .willReturn(aResponse().withStatus(503))
            .willSetStateTo("back"));
    slack.stubFor(
        post(SECRET_PATH).inScenario("away").whenScenarioStateIs("back").willReturn(ok("ok")));
    try (LogLines log = LogLines.of("hub.call");
        TestHub hub = builder.start()) {
      new Source(hub).handler("broken", "*", AlertTest::fail).event("1", "x", "dead");
      awaitMails(1);
      awaitPosts(2);

      slack.resetAll();
      slack.stubFor(post(SECRET_PATH).willReturn(aResponse().withStatus(404)));
      clock.advance(Duration.ofMinutes(241));
      awaitMails(2);
      await().until(() -> posts() >= 1);
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          hub.query(
                              "SELECT last_error FROM inbox_delivery WHERE route = 'alert-by-slack'"
                                  + " AND status = 'retrying'"))
                      .get()
                      .asString()
                      .contains("HTTP 404")
                      .doesNotContain("a-secret"));
      assertThat(log.lines()).noneMatch(line -> line.contains("a-secret"));
      assertThat(hub.json("/api/admin/integrations").toString()).doesNotContain("a-secret");
    }
  }

  @Test
  void without_anybody_to_tell_one_line_says_so_and_the_api_shows_the_alert() throws Exception {
    SettableClock clock = SettableClock.running();
    try (LogLines log = LogLines.of("hub.alert");
        TestHub hub =
            builder(Store.H2, clock)
                .with("HUB_ALERT_EMAIL", "")
                .with("HUB_ALERT_SLACK_URL", "")
                .start()) {
      new Source(hub).handler("broken", "*", AlertTest::fail).event("1", "x", "dead");
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> hub.json("/api/admin/alerts").get("alerts").size() == 1);
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          hub.query(
                              "SELECT count(*) FROM inbox_delivery WHERE source = 'alert' AND status = 'done'"))
                      .contains("2"));

      assertThat(log.lines())
          .filteredOn(line -> line.contains("sent to nobody"))
          .hasSize(1)
          .first()
          .asString()
          .contains("HUB_ALERT_EMAIL", "HUB_ALERT_SLACK_URL");
      assertThat(log.lines()).filteredOn(line -> line.contains("state=firing")).hasSize(1);
      assertThat(mail.deliveries).isEmpty();
    }
  }

  private static void fail(org.apache.camel.Exchange exchange) {
    throw new IllegalStateException("no");
  }

  private static int silence(TestHub hub, String name, int minutes) {
    return hub.operate("/api/admin/alerts/" + name + "/silence", "{\"minutes\":" + minutes + "}")
        .statusCode();
  }

  /** Waits for two evaluations in which no message may be sent. */
  private static void looks() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(2_200);
  }

  private static int posts() {
    return posted().size();
  }

  /** The messages that were sent, in order. */
  private static List<String> posted() {
    return slack.findAll(postRequestedFor(urlEqualTo(SECRET_PATH))).stream()
        .map(request -> request.getBodyAsString())
        .toList();
  }

  private static String lastPost() {
    return Json.own(slack.getAllServeEvents().get(0).getRequest().getBodyAsString())
        .get("text")
        .asText();
  }

  private static void awaitPosts(int number) {
    await().atMost(Duration.ofSeconds(15)).until(() -> posts() == number);
  }

  private static void awaitMails(int number) {
    await().atMost(Duration.ofSeconds(15)).until(() -> mail.deliveries.size() == number);
  }
}
