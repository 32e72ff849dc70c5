package hub.console;

import hub.store.Database;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows in the metrics what waits in the inbox. Asks the store at most every five seconds, however
 * often it is scraped; not a number while the store is away. Thread-safe.
 */
public final class BacklogGauges {
  private static final Logger LOG = LoggerFactory.getLogger(BacklogGauges.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final StandingQuery query;
  private final Clock clock;
  private Instant readAt = Instant.MIN;
  private Optional<Standing> last = Optional.empty();

  public BacklogGauges(Database database, Clock clock) {
    this.query = new StandingQuery(database);
    this.clock = clock;
  }

  public void register(MeterRegistry registry) {
    gauge(
        registry,
        "hub.inbox.backlog",
        "Events that wait for a handler: received, processing and retrying",
        standing -> (double) standing.backlog());
    gauge(
        registry,
        "hub.inbox.oldest.waiting.seconds",
        "Age of the oldest event that no handler has finished; 0 when there is none",
        standing -> (double) standing.oldestWaitingSeconds(clock.instant()));
  }

  private void gauge(
      MeterRegistry registry, String name, String meaning, ToDoubleFunction<Standing> number) {
    Gauge.builder(
            name, this, gauges -> gauges.standing().map(number::applyAsDouble).orElse(Double.NaN))
        .description(meaning)
        .register(registry);
  }

  private synchronized Optional<Standing> standing() {
    Instant now = clock.instant();
    if (readAt.isBefore(now.minus(FRESH))) {
      last = read();
      readAt = clock.instant();
    }
    return last;
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
