package hub.inbox.db;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many events a batch adds to a source, or takes from it. */
public record SourceCounts(long stored, long ignored) {
  /**
   * By source, in one order for every node, so that two transactions never wait for each other in a
   * ring.
   */
  static Map<String, SourceCounts> of(List<InboxStore.Row> rows) {
    Map<String, SourceCounts> tallies = new TreeMap<>();
    for (InboxStore.Row row : rows) {
      tallies.merge(
          row.event().source(),
          new SourceCounts(1, row.handlers().isEmpty() ? 1 : 0),
          SourceCounts::plus);
    }
    return tallies;
  }

  public SourceCounts plus(SourceCounts other) {
    return new SourceCounts(stored + other.stored, ignored + other.ignored);
  }
}
