package hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class StatsTest {
  @ParameterizedTest
  @EnumSource(Store.class)
  void every_event_counts_once_in_the_state_it_is_in(Store store) {
    try (TestHub hub = TestHub.on(store).routeFile("policies/*.camel.yaml").start()) {
      assertThat(hub.json("/api/admin/stats").toString())
          .isEqualTo(
              "{\"received\":0,\"processing\":0,\"retrying\":0,\"done\":0,\"ignored\":0,\"dead\":0,"
                  + "\"backlog\":0,\"total\":0,\"oldestWaitingSeconds\":0,\"sources\":[]}");
      CountDownLatch release = new CountDownLatch(1);
      Source busy =
          new Source(hub)
              .handler("fine", "fine,mixed,two-minds", exchange -> {})
              .handler("broken", "broken,mixed", StatsTest::fail)
              .handler("later", "later,two-minds", "&retryDelaysSeconds=3600", StatsTest::fail)
              .handler("slow", "slow", "&concurrency=1", exchange -> release.await());
      Source quiet = new Source(hub);
      busy.event("1", "fine", "done");
      busy.event("2", "fine", "done");
      busy.event("3", "broken", "dead");
      busy.event("4", "mixed", "dead");
      busy.event("5", "later", "retrying");
      busy.event("6", "two-minds", "retrying");
      busy.event("7", "slow", "processing");
      busy.event("8", "slow", "received");
      busy.event("9", "unheard-of", "ignored");
      quiet.event("1", "x", "ignored");

      JsonNode stats = hub.json("/api/admin/stats");

      assertThat(numbers(stats))
          .isEqualTo(
              "received 1 processing 1 retrying 2 done 2 ignored 2 dead 2 backlog 4 total 10");
      assertThat(stats.get("sources")).hasSize(2);
      JsonNode first = stats.get("sources").get(0);
      assertThat(first.get("source").asText()).isEqualTo(busy.name());
      assertThat(numbers(first))
          .isEqualTo(
              "received 1 processing 1 retrying 2 done 2 ignored 1 dead 2 backlog 4 total 9");
      assertThat(numbers(stats.get("sources").get(1)))
          .isEqualTo(
              "received 0 processing 0 retrying 0 done 0 ignored 1 dead 0 backlog 0 total 1");
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> hub.json("/api/admin/stats").get("oldestWaitingSeconds").asLong() >= 1);
      assertThat(
              hub.json("/api/admin/stats")
                  .get("sources")
                  .get(1)
                  .get("oldestWaitingSeconds")
                  .asLong())
          .isZero();
      release.countDown();
      await().until(() -> hub.json("/api/admin/stats").get("done").asLong() == 4);
    }
  }

  private static String numbers(JsonNode stats) {
    StringBuilder text = new StringBuilder();
    for (String name :
        List.of(
            "received", "processing", "retrying", "done", "ignored", "dead", "backlog", "total")) {
      text.append(name).append(' ').append(stats.get(name).asLong()).append(' ');
    }
    return text.toString().trim();
  }

  private static void fail(Exchange exchange) {
    throw new IllegalStateException("no at " + Instant.now());
  }
}
