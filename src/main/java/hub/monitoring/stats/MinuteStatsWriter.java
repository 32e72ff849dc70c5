package hub.monitoring.stats;

import hub.call.policy.CallMinute;
import hub.call.policy.Provider;
import hub.inbox.engine.InboxMinute;
import hub.monitoring.stats.MinuteStatsStore.CallMinuteStats;
import hub.monitoring.stats.MinuteStatsStore.MinuteStats;
import hub.util.MinuteRing;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the statistics of this process after each minute; a minute without events or calls is not
 * written. While the database is away the last 15 minutes are kept and written later. Thread-safe.
 */
public final class MinuteStatsWriter {
  private static final Logger LOG = LoggerFactory.getLogger(MinuteStatsWriter.class);

  /** The longest chart shows a day; one more day is kept for people who read the table itself. */
  private static final Duration KEPT = Duration.ofDays(2);

  private static final long MINUTES_BETWEEN_DELETIONS = 60;
  private static final InboxMinute NOTHING = new InboxMinute(0, 0, 0, 0, "");

  /** A new id at every start, so that no two processes write the same row. */
  private final UUID node = UUID.randomUUID();

  private final MinuteStatsStore store;
  private final LongFunction<Optional<InboxMinute>> inbox;
  private final LongFunction<Long> signatureFailures;
  private final Supplier<Collection<Provider>> providers;
  private final Clock clock;
  private long next;
  private long deletedAt;
  private boolean failed;

  /**
   * @param inbox statistics of the inbox for a minute
   * @param signatureFailures webhooks of a minute that were refused for their signature or
   *     timestamp
   */
  public MinuteStatsWriter(
      MinuteStatsStore store,
      LongFunction<Optional<InboxMinute>> inbox,
      LongFunction<Long> signatureFailures,
      Supplier<Collection<Provider>> providers,
      Clock clock) {
    this.store = store;
    this.inbox = inbox;
    this.signatureFailures = signatureFailures;
    this.providers = providers;
    this.clock = clock;
    this.next = MinuteRing.number(clock);
  }

  /** Writes the complete minutes. To be called every few seconds. */
  public synchronized void tick() {
    long now = MinuteRing.number(clock);
    if (now > next && store.ready()) {
      write(now);
    }
    if (now >= deletedAt + MINUTES_BETWEEN_DELETIONS && store.ready() && !failed) {
      deleteOld(now);
    }
  }

  /** Writes everything, including the current minute. To be called at the stop. */
  public synchronized void writeLast() {
    if (store.ready() && !failed) {
      write(MinuteRing.number(clock) + 1);
    }
  }

  private void write(long end) {
    long begin = Math.max(next, end - MinuteRing.KEPT);
    List<MinuteStats> minutes = new ArrayList<>();
    List<CallMinuteStats> calls = new ArrayList<>();
    for (long minute = begin; minute < end; minute++) {
      collect(minute, minute == end - 1, minutes, calls);
    }
    try {
      if (!minutes.isEmpty() || !calls.isEmpty()) {
        store.add(node, minutes, calls);
      }
      next = end;
      failed = false;
    } catch (SQLException | RuntimeException e) {
      warnOnce("written", e);
    }
  }

  private void collect(
      long minute, boolean newest, List<MinuteStats> minutes, List<CallMinuteStats> calls) {
    Instant at = Instant.ofEpochSecond(minute * 60);
    Optional<InboxMinute> events = inbox.apply(minute);
    long refused = signatureFailures.apply(minute);
    if (events.isPresent() || refused > 0) {
      minutes.add(new MinuteStats(at, events.orElse(NOTHING), refused));
    }
    for (Provider provider : providers.get()) {
      Optional<CallMinute> made = provider.minute(minute);
      int breaker = newest ? provider.breakerNumber() : 0;
      if (made.isPresent() || breaker > 0) {
        calls.add(
            new CallMinuteStats(
                at, node, provider.name(), made.orElse(new CallMinute(0, 0, "")), breaker));
      }
    }
  }

  private void deleteOld(long now) {
    try {
      store.deleteBefore(clock.instant().minus(KEPT));
      deletedAt = now;
    } catch (SQLException | RuntimeException e) {
      warnOnce("deleted", e);
    }
  }

  /** Logs once, however long the database is away. */
  private void warnOnce(String what, Exception error) {
    if (!failed) {
      LOG.warn("figures=not-{}, trying again: {}", what, error.toString());
    }
    failed = true;
  }
}
