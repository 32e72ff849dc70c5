package hub.poll;

import hub.inbox.camel.InboxComponent;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all polls of a hub share; in the registry as {@code polls}. Thread-safe. */
public final class Polls {
  /** Name in the registry. */
  public static final String BEAN = "polls";

  private static final Logger LOG = LoggerFactory.getLogger("hub.poll");

  /** A node that has died is taken over after this long. */
  private static final Duration LEASE = Duration.ofSeconds(20);

  /** Two of them may fail. */
  private static final long RENEW_MILLIS = 5_000;

  private final CamelContext context;
  private final PollTable table;
  private final PollMetrics metrics;
  private final Clock clock;
  private final ScheduledExecutorService timer;

  Polls(CamelContext context, PollTable table, PollMetrics metrics, Clock clock) {
    this.context = context;
    this.table = table;
    this.metrics = metrics;
    this.clock = clock;
    this.timer =
        context.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "poll-lease");
  }

  PollTable table() {
    return table;
  }

  PollMetrics metrics() {
    return metrics;
  }

  Clock clock() {
    return clock;
  }

  Duration lease() {
    return LEASE;
  }

  PollStore store(String source, UUID owner) {
    InboxComponent inbox = context.getComponent("inbox", InboxComponent.class);
    return new InboxPollStore(source, owner, table, inbox.appender());
  }

  /** Renews a lease regularly until the result is cancelled. */
  ScheduledFuture<?> keepRenewed(String source, UUID owner) {
    return timer.scheduleWithFixedDelay(
        () -> {
          try {
            table.prolong(source, owner, LEASE);
          } catch (SQLException | RuntimeException e) {
            LOG.debug("poll={} lease=not-prolonged", source, e);
          }
        },
        RENEW_MILLIS,
        RENEW_MILLIS,
        TimeUnit.MILLISECONDS);
  }
}
