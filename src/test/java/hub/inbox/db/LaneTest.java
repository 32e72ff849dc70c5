package hub.inbox.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.inbox.engine.LeasedBytes;
import hub.testing.Store;
import hub.testing.TestHub;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ordered events of one key on several nodes. */
@Tag("postgres")
class LaneTest {
  private static final String ROUTE = "handle-in-order";
  private static final Duration LEASE = Duration.ofMinutes(1);

  private final PostgresInbox inbox = new PostgresInbox((short) 0);

  @Test
  void an_older_event_is_not_claimed_beside_a_newer_one_whose_claim_is_being_written()
      throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (TestHub hub = TestHub.on(Store.POSTGRESQL).routeFile("policies/*.camel.yaml").start();
        Connection first = connect(hub);
        Connection second = connect(hub)) {
      UUID older = UUID.fromString("00000000-0000-7000-8000-000000000001");
      UUID newer = UUID.fromString("00000000-0000-7000-8000-000000000002");
      store(hub, newer);
      assertThat(claim(first)).extracting(Delivery::eventId).containsExactly(newer);
      store(hub, older);

      Future<List<Delivery>> beside = other.submit(() -> claim(second));

      assertThatThrownBy(() -> beside.get(500, TimeUnit.MILLISECONDS))
          .as("it waits for the claim")
          .isInstanceOf(TimeoutException.class);
      first.commit();
      assertThat(beside.get(10, TimeUnit.SECONDS)).isEmpty();
      second.commit();
    } finally {
      other.shutdownNow();
    }
  }

  private List<Delivery> claim(Connection connection) throws SQLException {
    return inbox.claim(
        connection, new ClaimQuery(ROUTE, true, 10, LeasedBytes.CLAIM, true, 10, true, LEASE));
  }

  private static Connection connect(TestHub hub) throws SQLException {
    Connection connection = hub.database().dataSource().getConnection();
    connection.setAutoCommit(false);
    return connection;
  }

  private static void store(TestHub hub, UUID id) {
    hub.update(
        "INSERT INTO inbox_event VALUES (?, 'shop', ?, 'order.changed', 'a', now(), '{}', '')",
        id,
        id.toString());
    hub.update(
        "INSERT INTO inbox_delivery (event_id, route, source, ordering_key, status, attempts, due_at) VALUES (?, ?, 'shop', 'a', 'received', 0, now())",
        id,
        ROUTE);
  }
}
