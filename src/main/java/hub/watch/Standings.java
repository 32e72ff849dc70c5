package hub.watch;

import hub.store.Database;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many events are in each state, as it was some seconds ago at most: gauges and health ask the
 * store once, together. Thread-safe.
 */
final class Standings {
  private static final Logger LOG = LoggerFactory.getLogger(Standings.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final StandingQuery query;
  private final Clock clock;
  private Instant readAt = Instant.MIN;
  private Optional<Standing> last = Optional.empty();

  Standings(Database database, Clock clock) {
    this.query = new StandingQuery(database);
    this.clock = clock;
  }

  /** Of all sources together; empty while the store does not answer. */
  synchronized Optional<Standing> all() {
    Instant now = clock.instant();
    if (readAt.isBefore(now.minus(FRESH))) {
      last = read();
      readAt = clock.instant();
    }
    return last;
  }

  /** By source, as it is now. */
  Map<String, Standing> now() throws SQLException {
    return query.bySource();
  }

  private Optional<Standing> read() {
    try {
      return Optional.of(query.bySource().values().stream().reduce(Standing.NONE, Standing::plus));
    } catch (SQLException | RuntimeException e) {
      LOG.debug("the backlog cannot be read", e);
      return Optional.empty();
    }
  }
}
