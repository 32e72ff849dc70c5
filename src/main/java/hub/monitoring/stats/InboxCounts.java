package hub.monitoring.stats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The number of events in each state.
 *
 * @param total all stored events
 * @param oldestOpen when the oldest unfinished event was received; empty: none is unfinished
 */
public record InboxCounts(
    long total,
    long received,
    long processing,
    long retrying,
    long dead,
    long ignored,
    Optional<Instant> oldestOpen) {
  public static final InboxCounts NONE = new InboxCounts(0, 0, 0, 0, 0, 0, Optional.empty());

  public long done() {
    return total - backlog() - dead - ignored;
  }

  /** Events that wait for a handler or are being handled. */
  public long backlog() {
    return received + processing + retrying;
  }

  /** Age of the oldest unfinished event in seconds; 0 when there is none. */
  public long oldestWaitingSeconds(Instant now) {
    return oldestOpen.map(then -> Math.max(0, Duration.between(then, now).toSeconds())).orElse(0L);
  }

  public InboxCounts plus(InboxCounts other) {
    return new InboxCounts(
        total + other.total,
        received + other.received,
        processing + other.processing,
        retrying + other.retrying,
        dead + other.dead,
        ignored + other.ignored,
        Stream.concat(oldestOpen.stream(), other.oldestOpen.stream())
            .min(Comparator.naturalOrder()));
  }

  public ObjectNode json(Instant now) {
    return Json.object()
        .put("received", received)
        .put("processing", processing)
        .put("retrying", retrying)
        .put("done", done())
        .put("ignored", ignored)
        .put("dead", dead)
        .put("backlog", backlog())
        .put("total", total)
        .put("oldestWaitingSeconds", oldestWaitingSeconds(now));
  }
}
