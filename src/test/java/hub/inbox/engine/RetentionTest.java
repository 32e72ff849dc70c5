package hub.inbox.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.camel.InboxComponent;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
class RetentionTest {
  private static final int DAYS = 7;

  private static long deleteOld(TestHub hub, int daysFromNow) throws SQLException {
    return hub.context()
        .getComponent("inbox", InboxComponent.class)
        .retention(Clock.offset(Clock.systemUTC(), Duration.ofDays(daysFromNow)))
        .deleteOld();
  }

  private static void fail(Exchange exchange) {
    throw new IllegalStateException("no");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void finished_events_go_after_the_retention_time_and_dead_and_open_ones_stay(Store store)
      throws SQLException {
    try (TestHub hub =
        TestHub.on(store)
            .routeFile("policies/*.camel.yaml")
            .with("hub.inbox.retention-days", Integer.toString(DAYS))
            .start()) {
      Source source =
          new Source(hub)
              .handler("fine", "fine,mixed", exchange -> {})
              .handler("broken", "mixed", RetentionTest::fail)
              .handler("later", "later", "&retryDelaysSeconds=3600", RetentionTest::fail);
      UUID done = source.event("1", "fine", "done");
      UUID ignored = source.event("2", "unheard-of", "ignored");
      UUID dead = source.event("3", "mixed", "dead");
      UUID retrying = source.event("4", "later", "retrying");
      UUID lateDone = source.event("5", "fine", "done");
      finishedAt(hub, lateDone, Instant.now().plus(Duration.ofDays(3)));

      assertThat(deleteOld(hub, DAYS - 1)).isZero();
      assertThat(deleteOld(hub, DAYS + 1)).isEqualTo(2);
      assertThat(deleteOld(hub, DAYS + 1)).isZero();

      for (UUID gone : new UUID[] {done, ignored}) {
        assertThat(hub.get("/api/admin/events/" + gone).statusCode()).isEqualTo(404);
      }
      for (UUID kept : new UUID[] {dead, retrying, lateDone}) {
        assertThat(hub.get("/api/admin/events/" + kept).statusCode()).isEqualTo(200);
      }
      JsonNode stats = hub.json("/api/admin/stats");
      assertThat(stats.get("total").asLong()).isEqualTo(3);
      assertThat(stats.get("done").asLong()).isEqualTo(1);
      assertThat(stats.get("ignored").asLong()).isZero();
      assertThat(deleteOld(hub, DAYS + 4)).isEqualTo(1);
      assertThat(hub.json("/api/admin/stats").get("done").asLong()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void more_than_one_chunk_goes_in_one_sweep(Store store) throws SQLException {
    try (TestHub hub = TestHub.on(store).routeFile("policies/*.camel.yaml").start()) {
      Source source = new Source(hub);
      for (int i = 0; i < 2_100; i++) {
        source.event("evt_" + i, "x");
      }

      assertThat(deleteOld(hub, 31)).isEqualTo(2_100);
      assertThat(hub.json("/api/admin/stats").get("total").asLong()).isZero();
      assertThat(source.status(source.event("evt_1", "x"))).isEqualTo("ignored");
    }
  }

  private static void finishedAt(TestHub hub, UUID event, Instant time) throws SQLException {
    hub.database()
        .inTransaction(
            connection -> {
              try (PreparedStatement update =
                  connection.prepareStatement(
                      "UPDATE inbox_delivery SET finished_at = ? WHERE event_id = ?")) {
                update.setObject(1, time.atOffset(ZoneOffset.UTC));
                update.setObject(2, event);
                return update.executeUpdate();
              }
            });
  }
}
