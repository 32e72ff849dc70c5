package hub;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.provider.email.MailServer;
import hub.testing.HubProcess;
import hub.testing.Store;
import hub.util.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Calls that nobody waits for are made even if the hub is killed before, and repeated no more than
 * what was under way. {@code -Dkills.emails=1000 -Dkills.analytics=10000} kills over more of them.
 * Slow: its hub is killed and started again twice.
 */
@Execution(ExecutionMode.CONCURRENT)
@Tag("faults")
@Tag("process")
@Tag("postgres")
@Tag("slow")
class QueuedCallsKillTest {
  private static final int EMAILS = Integer.getInteger("kills.emails", 60);
  private static final int EVENTS = Integer.getInteger("kills.analytics", 600);
  private static final boolean LONG = Integer.getInteger("kills.emails") != null;
  private static final int SENDERS = 8;
  private static final int KILLS = 2;

  /** E-mails that the route sends at the same time. */
  private static final int EMAILS_UNDER_WAY = 10;

  /** Two batches of a hundred. */
  private static final int EVENTS_UNDER_WAY = 200;

  private static final Duration DRAINED = Duration.ofMinutes(5);

  private static HubProcess.Builder hub(Store store) {
    return HubProcess.on(store)
        // What a killed process had in hands is taken over when its leases have run out.
        .with("HUB_INBOX_RETRY_DELAYS_SECONDS", "5,20,20,20,20,20,20,20")
        .routeFile("policies/retry-then-park.camel.yaml")
        .routeFile("policies/every-route.camel.yaml")
        .routeFile("kamelets/json-body-action.kamelet.yaml")
        .routeFile("kamelets/provider-call-action.kamelet.yaml")
        .routeFile("kamelets/http-api-action.kamelet.yaml");
  }

  /**
   * On PostgreSQL the dead process's leases must run out first, so that only the long run goes
   * there.
   */
  private static List<Store> stores() {
    return LONG ? List.of(Store.values()) : List.of(Store.H2);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void every_queued_email_goes_out_though_the_hub_is_killed(Store store) throws Exception {
    try (MailServer server = MailServer.slow(30);
        HubProcess hub =
            hub(store)
                .with("EMAIL_TRANSPORT", "smtp")
                .with("EMAIL_FROM", "hub@example.com")
                .with("SMTP_URL", "smtp://localhost:" + server.port())
                .routeFile("email/email-queue.camel.yaml")
                .routeFile("email/email-send.camel.yaml")
                .routeFile("email/email-by-smtp.camel.yaml")
                .routeFile("email/email-by-resend.camel.yaml")
                .routeFile("email/email-by-sendgrid.camel.yaml")
                .start()) {
      Set<String> ids =
          send(
              hub,
              "/api/email",
              EMAILS,
              "{\"to\":\"ada@example.com\",\"subject\":\"Hi\",\"html\":\"<p>Hi</p>\"}");
      killWhile(hub, server.deliveries::size, EMAILS);

      Map<String, Integer> seen = new HashMap<>();
      for (MailServer.Delivery delivery : server.deliveries) {
        seen.merge(delivery.message().getMessageID().replaceAll("^<|@.*", ""), 1, Integer::sum);
      }
      report(store, "e-mails", EMAILS, seen);
      assertThat(seen.keySet()).isEqualTo(ids).hasSize(EMAILS);
      assertThat(server.deliveries).hasSizeLessThanOrEqualTo(EMAILS + KILLS * EMAILS_UNDER_WAY);
    }
  }

  @ParameterizedTest
  @MethodSource("stores")
  void every_queued_analytics_event_is_sent_though_the_hub_is_killed(Store store) throws Exception {
    WireMockServer server = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    server.start();
    server.stubFor(post("/batch/").willReturn(okJson("{\"status\":1}").withFixedDelay(50)));
    try (HubProcess hub =
        hub(store)
            .with("POSTHOG_API_KEY", "phc_test")
            .with("POSTHOG_HOST", "http://localhost:" + server.port())
            .routeFile("analytics/analytics-track.camel.yaml")
            .routeFile("analytics/analytics-send-batch.camel.yaml")
            .routeFile("analytics/posthog-send-events.camel.yaml")
            .routeFile("analytics/posthog-post-batch.camel.yaml")
            .start()) {
      Set<String> ids =
          send(hub, "/api/analytics/track", EVENTS, "{\"userId\":\"u\",\"event\":\"e\"}");
      killWhile(hub, () -> uuids(server).size(), EVENTS);

      Map<String, Integer> seen = new HashMap<>();
      uuids(server).forEach(id -> seen.merge(id, 1, Integer::sum));
      report(store, "analytics events", EVENTS, seen);
      assertThat(ids).hasSize(EVENTS);
      assertThat(seen).hasSize(EVENTS);
      assertThat(seen.values().stream().mapToInt(Integer::intValue).sum())
          .isLessThanOrEqualTo(EVENTS + KILLS * EVENTS_UNDER_WAY);
    } finally {
      server.stop();
    }
  }

  private static List<String> uuids(WireMockServer server) {
    List<String> all = new ArrayList<>();
    server
        .findAll(postRequestedFor(urlEqualTo("/batch/")))
        .forEach(
            request -> {
              JsonNode batch = Json.own(request.getBodyAsString()).path("batch");
              batch.forEach(event -> all.add(event.path("uuid").asText()));
            });
    return all;
  }

  /** Asks so often, each under a key of its own; the ids that it was told. */
  private static Set<String> send(HubProcess hub, String path, int number, String body)
      throws Exception {
    Set<String> ids = ConcurrentHashMap.newKeySet();
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    List<Future<?>> sending = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      String key = "k" + i;
      sending.add(
          senders.submit(
              () -> {
                ids.add(ask(hub, path, body, key));
                return null;
              }));
    }
    for (Future<?> one : sending) {
      one.get();
    }
    senders.shutdown();
    return ids;
  }

  private static String ask(HubProcess hub, String path, String body, String key)
      throws IOException {
    HttpResponse<String> answer =
        hub.send("POST", path, body, "Idempotency-Key", key, "Content-Type", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    return Json.own(answer.body()).get("id").asText();
  }

  private static void killWhile(HubProcess hub, IntSupplier arrived, int number) {
    for (int kill = 1; kill <= KILLS; kill++) {
      int enough = number * kill / (KILLS + 1);
      await()
          .atMost(DRAINED)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> arrived.getAsInt() >= enough);
      hub.kill();
      hub.start();
    }
    await()
        .atMost(DRAINED)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                hub.query("SELECT count(*) FROM inbox_delivery WHERE status <> 'done'")
                    .equals("0"));
  }

  private static void report(Store store, String what, int number, Map<String, Integer> seen) {
    System.out.printf(
        "QueuedCallsKillTest %s: kills=%d %s=%d arrived=%d repeats=%d%n",
        store,
        KILLS,
        what,
        number,
        seen.size(),
        seen.values().stream().mapToInt(Integer::intValue).sum() - seen.size());
  }
}
