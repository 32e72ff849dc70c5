package hub.monitoring.stats;

import hub.catchup.CatchUpStates;
import hub.db.Database;
import hub.poll.FetchState;
import hub.poll.PollStates;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How polls and catch-ups fare, on all nodes. Thread-safe. */
public final class RecentFetches {
  private static final Logger LOG = LoggerFactory.getLogger(RecentFetches.class);
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final PollStates polls;
  private final CatchUpStates catchUps;
  private final Clock clock;
  private Instant readAt = Instant.MIN;
  private Optional<List<FetchState>> last = Optional.empty();

  public RecentFetches(Database database, Clock clock) {
    this.polls = new PollStates(database);
    this.catchUps = new CatchUpStates(database, clock);
    this.clock = clock;
  }

  /** All that were ever run, not cached. */
  public List<FetchState> now() throws SQLException {
    return Stream.concat(polls.all().stream(), catchUps.all().stream()).toList();
  }

  /**
   * Those that some node runs and that fail, the longest first; at most 5 s old. Empty while the
   * database does not answer.
   */
  public synchronized Optional<List<FetchState>> failing() {
    Instant now = clock.instant();
    if (readAt.isBefore(now.minus(FRESH))) {
      last = read(now);
      readAt = now;
    }
    return last;
  }

  /** The same of all nodes, not cached. */
  public List<FetchState> failingNow() throws SQLException {
    return failing(now(), clock.instant());
  }

  private Optional<List<FetchState>> read(Instant now) {
    try {
      return Optional.of(failing(now(), now));
    } catch (SQLException | RuntimeException e) {
      LOG.debug("the states of polls cannot be read", e);
      return Optional.empty();
    }
  }

  private static List<FetchState> failing(List<FetchState> all, Instant now) {
    return all.stream()
        .filter(one -> one.isFailing() && one.isLive(now))
        .sorted(Comparator.comparing((FetchState one) -> one.failingFor(now)).reversed())
        .toList();
  }

  public void register(MeterRegistry registry) {
    Gauge.builder("hub.poll.failing.seconds", this, RecentFetches::longest)
        .description(
            "For how long all runs of a poll or catch-up have failed, of the one that has failed longest; 0 when none does")
        .register(registry);
  }

  private double longest() {
    Instant now = clock.instant();
    return failing()
        .map(all -> all.isEmpty() ? 0.0 : all.get(0).failingFor(now).toSeconds())
        .orElse(Double.NaN);
  }
}
