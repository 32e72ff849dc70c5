package hub.monitoring.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.SettableClock;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slow: gauges are cached for five seconds. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("postgres")
@Tag("slow")
@Tag("waits")
class WatchingTest {
  @ParameterizedTest
  @EnumSource(Store.class)
  void the_hub_is_alive_and_ready_until_its_store_is_gone_and_then_only_alive(Store store) {
    try (TestHub hub = TestHub.on(store).routeFile("policies/*.camel.yaml").start()) {
      for (String path : new String[] {"", "/live", "/ready"}) {
        var up = hub.manage("/observe/health" + path);
        assertThat(up.statusCode()).as(path + up.body()).isEqualTo(200);
        assertThat(up.body()).contains("\"UP\"");
      }
      hub.database().close();

      var ready = hub.manage("/observe/health/ready");
      assertThat(ready.statusCode()).isEqualTo(503);
      assertThat(ready.body()).contains("\"DOWN\"").doesNotContain("SQLException");
      assertThat(hub.manage("/observe/health").statusCode()).isEqualTo(503);
      assertThat(hub.manage("/observe/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void a_suspended_route_leaves_the_hub_ready() throws Exception {
    try (TestHub hub =
        TestHub.on(Store.H2)
            .routeFile("policies/*.camel.yaml")
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .start()) {
      new Source(hub).handler("note", "*", exchange -> {});
      hub.context().getRouteController().suspendRoute("stripe-webhook");

      assertThat(hub.manage("/observe/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_inbox_shows_in_the_metrics_from_the_start(Store store) {
    try (TestHub hub = TestHub.on(store).routeFile("policies/*.camel.yaml").start()) {
      assertThat(hub.manage("/observe/metrics").body())
          .contains("hub_inbox_backlog 0.0", "hub_inbox_oldest_waiting_seconds 0.0");
      Source source =
          new Source(hub)
              .handler("fine", "fine", exchange -> {})
              .handler("later", "later", "&retryDelaysSeconds=3600", WatchingTest::fail)
              .handler("broken", "broken", WatchingTest::fail);
      source.event("1", "fine", "done");
      source.event("1", "fine", "done");
      source.event("2", "later", "retrying");
      source.event("3", "broken", "dead");
      source.event("4", "unheard-of", "ignored");

      await()
          .atMost(Duration.ofSeconds(15))
          .untilAsserted(
              () ->
                  assertThat(hub.manage("/observe/metrics").body())
                      .contains(
                          events(source, "received") + "3.0",
                          events(source, "ignored") + "1.0",
                          events(source, "done") + "1.0",
                          events(source, "dead") + "1.0",
                          events(source, "retrying") + "2.0",
                          "hub_inbox_handle_seconds_count{route=\""
                              + source.route("broken")
                              + "\"} 2",
                          "hub_inbox_backlog 1.0"));
    }
  }

  private static String events(Source source, String state) {
    return "hub_inbox_events_total{source=\"" + source.name() + "\",state=\"" + state + "\"} ";
  }

  private static void fail(Exchange exchange) {
    throw new IllegalStateException("no");
  }

  @Test
  void a_scrape_asks_the_store_once_in_five_seconds() {
    try (TestHub hub = TestHub.on(Store.H2).routeFile("policies/*.camel.yaml").start()) {
      SettableClock clock = SettableClock.standing();
      SimpleMeterRegistry registry = new SimpleMeterRegistry();
      new BacklogGauges(new RecentInboxCounts(hub.database(), clock), clock).register(registry);
      Source source =
          new Source(hub).handler("later", "*", "&retryDelaysSeconds=3600", WatchingTest::fail);
      assertThat(registry.get("hub.inbox.backlog").gauge().value()).isZero();
      source.event("1", "x", "retrying");

      clock.advance(Duration.ofSeconds(4));
      assertThat(registry.get("hub.inbox.backlog").gauge().value()).isZero();
      clock.advance(Duration.ofSeconds(2));
      assertThat(registry.get("hub.inbox.backlog").gauge().value()).isOne();
      hub.database().close();
      clock.advance(Duration.ofSeconds(6));
      assertThat(registry.get("hub.inbox.backlog").gauge().value()).isNaN();
    }
  }
}
