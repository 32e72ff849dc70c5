package hub.monitoring.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.AskRoute;
import hub.testing.FaultyLine;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Slow: the loss of the database is noticed at the next heartbeat. */
@Tag("postgres")
@Tag("slow")
class HealthTest {
  @Test
  void ready_goes_with_the_store_and_comes_back_with_it_and_a_provider_never_matters() {
    TestHub.Builder builder = TestHub.on(Store.POSTGRESQL).routeFile("policies/*.camel.yaml");
    try (FaultyLine line = builder.line();
        TestHub hub =
            builder
                .over(line)
                .with("hub.breaker.attempts", "2")
                .with("hub.health.inbox-age-seconds", "1")
                .route("ask-crm", AskRoute.of("crm", "http://localhost:1", "maxRetries: 0"))
                .start()) {
      assertThat(state(hub, "event-store")).isEqualTo("up");
      assertThat(state(hub, "disk-space")).isIn("up", "degraded");
      assertThat(state(hub, "inbox-age")).isEqualTo("up");
      assertThat(state(hub, "routes")).isEqualTo("up");
      assertThat(state(hub, "provider:crm")).isEqualTo("up");
      Instant upSince = Instant.parse(check(hub, "provider:crm").get("since").asText());

      for (int i = 0; i < 4; i++) {
        hub.get("/api/test/crm");
      }

      assertThat(state(hub, "provider:crm")).isEqualTo("down");
      assertThat(check(hub, "provider:crm").get("detail").asText())
          .contains("circuit breaker open", "calls failed in 15 minutes");
      assertThat(Instant.parse(check(hub, "provider:crm").get("since").asText())).isAfter(upSince);
      assertThat(check(hub, "provider:crm").get("since"))
          .isEqualTo(check(hub, "provider:crm").get("since"));
      for (String path : new String[] {"", "/live", "/ready"}) {
        assertThat(hub.manage("/observe/health" + path).statusCode()).as(path).isEqualTo(200);
      }
      assertThat(hub.manage("/observe/health").body()).contains("warning: crm is down");
      assertThat(hub.manage("/observe/health?data=true").body()).contains("\"state\":\"down\"");
      assertThat(hub.manage("/observe/health/ready").body()).doesNotContain("crm");

      new Source(hub)
          .handler(
              "later",
              "*",
              "&retryDelaysSeconds=3600",
              exchange -> {
                throw new IllegalStateException("no");
              })
          .event("1", "x", "retrying");
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> state(hub, "inbox-age").equals("degraded"));

      line.cut();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> hub.manage("/observe/health/ready").statusCode() == 503);
      assertThat(hub.manage("/observe/health/live").statusCode()).isEqualTo(200);
      assertThat(state(hub, "event-store")).isEqualTo("down");
      line.mend();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> hub.manage("/observe/health/ready").statusCode() == 200);
      assertThat(state(hub, "event-store")).isEqualTo("up");
    }
  }

  @Test
  void a_route_that_does_not_run_is_named() throws Exception {
    try (TestHub hub = TestHub.on(Store.H2).routeFile("stripe/stripe-webhook.camel.yaml").start()) {
      hub.context().getRouteController().suspendRoute("stripe-webhook");

      assertThat(state(hub, "routes")).isEqualTo("degraded");
      assertThat(check(hub, "routes").get("detail").asText())
          .isEqualTo("stripe-webhook is suspended");
    }
  }

  @Test
  void a_disk_is_judged_by_what_is_left_of_it() {
    long mib = 1 << 20;
    assertThat(HealthChecks.disk(50 * mib, 10_000 * mib).state()).isEqualTo(CheckResult.State.DOWN);
    assertThat(HealthChecks.disk(900 * mib, 10_000 * mib).state())
        .isEqualTo(CheckResult.State.DEGRADED);
    assertThat(HealthChecks.disk(1_100 * mib, 10_000 * mib).state())
        .isEqualTo(CheckResult.State.UP);
    assertThat(HealthChecks.disk(3_000 * mib, 900_000 * mib).state())
        .isEqualTo(CheckResult.State.UP);
  }

  private static String state(TestHub hub, String name) {
    return check(hub, name).get("state").asText();
  }

  private static JsonNode check(TestHub hub, String name) {
    JsonNode checks = hub.json("/api/admin/health").get("checks");
    return StreamSupport.stream(checks.spliterator(), false)
        .filter(one -> one.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not among " + checks));
  }
}
