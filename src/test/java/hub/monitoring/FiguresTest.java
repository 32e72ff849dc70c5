package hub.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.AskRoute;
import hub.testing.SettableClock;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.HubClock;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slow: statistics are written every few seconds. */
@Execution(ExecutionMode.CONCURRENT)
@Tag("postgres")
@Tag("slow")
class FiguresTest {
  private static TestHub.Builder builder(Store store, SettableClock clock) {
    return TestHub.on(store)
        .bind(HubClock.BEAN, clock)
        .routeFile("policies/*.camel.yaml")
        .route("ask-crm", AskRoute.of("crm", "http://localhost:1", "maxRetries: 0"));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void what_happened_is_drawn_after_a_restart_and_summed_over_nodes(Store store) throws Exception {
    SettableClock clock = SettableClock.running();
    TestHub first = builder(store, clock).start();
    Source source = new Source(first);
    source.handler("fine", "fine", exchange -> {}).handler("broken", "broken", FiguresTest::fail);
    source.event("1", "fine", "done");
    source.event("2", "fine", "done");
    source.event("3", "broken", "dead");
    assertThat(first.get("/api/test/crm").statusCode()).isEqualTo(503);
    assertThat(points(first, "hour", "received")).isZero();
    clock.advance(Duration.ofMinutes(2));
    await().untilAsserted(() -> assertThat(points(first, "hour", "received")).isEqualTo(3));
    source.event("4", "fine", "done");
    first.close();

    TestHub.Builder next =
        store == Store.H2
            ? builder(store, clock).with("hub.data-dir", first.folder().resolve("data").toString())
            : builder(store, clock).beside(first);
    try (TestHub second = next.start()) {
      clock.advance(Duration.ofMinutes(2));
      for (String range : new String[] {"hour", "day"}) {
        assertThat(points(second, range, "received")).as(range).isEqualTo(4);
        assertThat(points(second, range, "done")).as(range).isEqualTo(3);
        assertThat(points(second, range, "dead")).as(range).isEqualTo(1);
        assertThat(points(second, range, "failed-attempts")).as(range).isEqualTo(2);
        assertThat(points(second, range, "calls")).as(range).isEqualTo(1);
        assertThat(points(second, range, "call-errors")).as(range).isEqualTo(1);
      }
      JsonNode hour = second.json("/api/admin/figures?range=hour");
      assertThat(hour.get("stepSeconds").asInt()).isEqualTo(60);
      assertThat(series(hour, "received").get("points")).hasSize(60);
      assertThat(series(hour, "calls").get("provider").asText()).isEqualTo("crm");
      assertThat(series(hour, "call-p95-ms").get("points").get(0).isNull()).isTrue();
      assertThat(series(hour, "handle-p95-ms").get("points"))
          .filteredOn(point -> !point.isNull())
          .isNotEmpty();
      JsonNode day = second.json("/api/admin/figures?range=day");
      assertThat(day.get("stepSeconds").asInt() * series(day, "dead").get("points").size())
          .isEqualTo(86_400);
    }
  }

  @Test
  void an_idle_hub_writes_nothing_and_what_is_old_is_forgotten() throws Exception {
    SettableClock clock = SettableClock.running();
    try (TestHub hub = builder(Store.H2, clock).start()) {
      new Source(hub).handler("fine", "*", exchange -> {}).event("1", "x", "done");
      clock.advance(Duration.ofMinutes(2));
      await().until(() -> rows(hub).equals("1"));

      clock.advance(Duration.ofHours(5));
      await().pollDelay(Duration.ofSeconds(3)).until(() -> rows(hub).equals("1"));
      clock.advance(Duration.ofHours(44));
      await().until(() -> rows(hub).equals("0"));
    }
  }

  private static String rows(TestHub hub) {
    return hub.query("SELECT count(*) FROM figure").orElseThrow();
  }

  private static void fail(Exchange exchange) {
    throw new IllegalStateException("no");
  }

  private static JsonNode series(JsonNode figures, String name) {
    return StreamSupport.stream(figures.get("series").spliterator(), false)
        .filter(one -> one.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static long points(TestHub hub, String range, String name) {
    JsonNode figures = hub.json("/api/admin/figures?range=" + range);
    return StreamSupport.stream(figures.get("series").spliterator(), false)
        .filter(one -> one.get("name").asText().equals(name))
        .flatMap(one -> StreamSupport.stream(one.get("points").spliterator(), false))
        .mapToLong(JsonNode::asLong)
        .sum();
  }
}
