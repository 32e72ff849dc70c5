package hub.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Store;
import hub.testing.TestHub;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A handler counts in a plain table while it is exchanged again and again. {@code
 * -Dhub.test.reloads=10 -Dhub.test.events-per-second=100} make it shorter.
 */
@Tag("faults")
@Tag("postgres")
class ReloadUnderLoadTest {
  private static final int RELOADS = Integer.getInteger("hub.test.reloads", 100);
  private static final int RATE = Integer.getInteger("hub.test.events-per-second", 500);
  private static final int SENDERS = 8;
  private static final String COUNT = "shop/shop-count-order.camel.yaml";

  private static String handler(int version) {
    return """
        - route:
            id: shop-count-order
            description: Counts each order, version %d.
            from:
              uri: inbox:shop
              parameters:
                types: order.*
                transacted: true
              steps:
                - to:
                    id: count-order
                    uri: "sql:update order_count set n = n + 1 where id = 1"
        """
        .formatted(version);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void each_acknowledged_event_is_counted_exactly_once(Store store) throws Exception {
    TestHub.Builder builder =
        TestHub.on(store)
            .with("SHOP_TOKEN", Project.TOKEN)
            .route("shop/shop-webhook", Project.WEBHOOK)
            .route("shop/shop-count-order", handler(0))
            .dev();
    try (TestHub hub = builder.start()) {
      hub.update("CREATE TABLE order_count (id int PRIMARY KEY, n bigint NOT NULL)");
      hub.update("INSERT INTO order_count VALUES (1, 0)");
      Project project = new Project(hub);
      AtomicInteger sent = new AtomicInteger();
      AtomicInteger acknowledged = new AtomicInteger();
      List<Integer> refused = new CopyOnWriteArrayList<>();
      ScheduledExecutorService senders = Executors.newScheduledThreadPool(SENDERS);
      for (int i = 0; i < SENDERS; i++) {
        var unused =
            senders.scheduleAtFixedRate(
                () -> {
                  int status =
                      hub.post(
                              "/api/webhooks/shop",
                              "{\"id\":\"o%d\",\"type\":\"order.paid\"}"
                                  .formatted(sent.incrementAndGet()),
                              "X-Shop-Token",
                              Project.TOKEN)
                          .statusCode();
                  if (status == 200) {
                    acknowledged.incrementAndGet();
                  } else {
                    refused.add(status);
                  }
                },
                0,
                1_000_000L * SENDERS / RATE,
                TimeUnit.MICROSECONDS);
      }
      for (int i = 1; i <= RELOADS; i++) {
        String before = Project.state(hub).path("at").asText();
        project.save(COUNT, handler(i));
        project.save(
            "shop/shop-webhook.camel.yaml",
            Project.WEBHOOK.replace("the shop's events", "the shop's events, version " + i));
        await()
            .atMost(30, TimeUnit.SECONDS)
            .until(() -> !Project.state(hub).path("at").asText().equals(before));
        assertThat(Project.state(hub).path("failed").asBoolean())
            .as(Project.state(hub).toString())
            .isFalse();
      }
      senders.shutdown();
      assertThat(senders.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
      assertThat(refused).isEmpty();
      assertThat(acknowledged.get()).isPositive();
      String expected = Integer.toString(acknowledged.get());
      await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> hub.json("/api/admin/stats").path("backlog").asInt() == 0);
      assertThat(hub.query("SELECT n FROM order_count")).contains(expected);
      assertThat(hub.json("/api/admin/stats").path("done").asText()).isEqualTo(expected);
    }
  }
}
