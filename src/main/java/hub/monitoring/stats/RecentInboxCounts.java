package hub.monitoring.stats;

import hub.db.Database;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of events in each state, at most 5 s old: gauges and health checks share one query.
 * Thread-safe.
 */
public final class RecentInboxCounts {
  private static final Logger LOG = LoggerFactory.getLogger(RecentInboxCounts.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final InboxCountsQuery query;
  private final Clock clock;
  private Instant readAt = Instant.MIN;
  private Optional<InboxCounts> last = Optional.empty();

  public RecentInboxCounts(Database database, Clock clock) {
    this.query = new InboxCountsQuery(database);
    this.clock = clock;
  }

  /** The counts of all sources together; empty while the database does not answer. */
  public synchronized Optional<InboxCounts> all() {
    Instant now = clock.instant();
    if (readAt.isBefore(now.minus(FRESH))) {
      last = read();
      readAt = clock.instant();
    }
    return last;
  }

  /** The current counts by source, not cached. */
  public Map<String, InboxCounts> now() throws SQLException {
    return query.bySource();
  }

  private Optional<InboxCounts> read() {
    try {
      return Optional.of(
          query.bySource().values().stream().reduce(InboxCounts.NONE, InboxCounts::plus));
    } catch (SQLException | RuntimeException e) {
      LOG.debug("the backlog cannot be read", e);
      return Optional.empty();
    }
  }
}
