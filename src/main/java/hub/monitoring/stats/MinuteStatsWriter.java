package hub.monitoring.stats;

import hub.call.policy.CallMinute;
import hub.call.policy.Provider;
import hub.inbox.engine.InboxMinute;
import hub.monitoring.stats.MinuteStatsStore.CallFigure;
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
 * Writes what this process did in each minute when the minute is over. While nothing happens it
 * writes nothing. What it cannot write while the store is away it writes later, a quarter of an
 * hour of it. Thread-safe.
 */
public final class MinuteStatsWriter {
  private static final Logger LOG = LoggerFactory.getLogger(MinuteStatsWriter.class);

  /** A chart shows a day; the rest is for whoever comes a day late. */
  private static final Duration KEPT = Duration.ofDays(2);

  private static final long MINUTES_BETWEEN_DELETIONS = 60;
  private static final InboxMinute NOTHING = new InboxMinute(0, 0, 0, 0, "");

  /** A new one at every start, so that no two processes ever write the same row. */
  private final UUID node = UUID.randomUUID();

  private final MinuteStatsStore store;
  private final LongFunction<Optional<InboxMinute>> inbox;
  private final LongFunction<Long> unproven;
  private final Supplier<Collection<Provider>> providers;
  private final Clock clock;
  private long next;
  private long deletedAt;
  private boolean failed;

  /**
   * @param inbox what the inbox did in a minute
   * @param unproven webhooks of a minute that were refused for signature or time
   */
  public MinuteStatsWriter(
      MinuteStatsStore store,
      LongFunction<Optional<InboxMinute>> inbox,
      LongFunction<Long> unproven,
      Supplier<Collection<Provider>> providers,
      Clock clock) {
    this.store = store;
    this.inbox = inbox;
    this.unproven = unproven;
    this.providers = providers;
    this.clock = clock;
    this.next = MinuteRing.number(clock);
  }

  /** Writes the minutes that are over. To be called every few seconds. */
  public synchronized void tick() {
    long now = MinuteRing.number(clock);
    if (now > next && store.ready()) {
      write(now);
    }
    if (now >= deletedAt + MINUTES_BETWEEN_DELETIONS && store.ready() && !failed) {
      deleteOld(now);
    }
  }

  /** Writes all there is; for a process that ends. */
  public synchronized void last() {
    if (store.ready() && !failed) {
      write(MinuteRing.number(clock) + 1);
    }
  }

  private void write(long end) {
    long begin = Math.max(next, end - MinuteRing.KEPT);
    List<MinuteStats> figures = new ArrayList<>();
    List<CallFigure> calls = new ArrayList<>();
    for (long minute = begin; minute < end; minute++) {
      collect(minute, minute == end - 1, figures, calls);
    }
    try {
      if (!figures.isEmpty() || !calls.isEmpty()) {
        store.add(node, figures, calls);
      }
      next = end;
      failed = false;
    } catch (SQLException | RuntimeException e) {
      tell("written", e);
    }
  }

  private void collect(
      long minute, boolean newest, List<MinuteStats> figures, List<CallFigure> calls) {
    Instant at = Instant.ofEpochSecond(minute * 60);
    Optional<InboxMinute> events = inbox.apply(minute);
    long refused = unproven.apply(minute);
    if (events.isPresent() || refused > 0) {
      figures.add(new MinuteStats(at, events.orElse(NOTHING), refused));
    }
    for (Provider provider : providers.get()) {
      Optional<CallMinute> made = provider.minute(minute);
      int breaker = newest ? provider.breakerNumber() : 0;
      if (made.isPresent() || breaker > 0) {
        calls.add(
            new CallFigure(
                at, node, provider.name(), made.orElse(new CallMinute(0, 0, "")), breaker));
      }
    }
  }

  private void deleteOld(long now) {
    try {
      store.deleteBefore(clock.instant().minus(KEPT));
      deletedAt = now;
    } catch (SQLException | RuntimeException e) {
      tell("deleted", e);
    }
  }

  /** Once, however long the store is away. */
  private void tell(String what, Exception error) {
    if (!failed) {
      LOG.warn("figures=not-{}, trying again: {}", what, error.toString());
    }
    failed = true;
  }
}
