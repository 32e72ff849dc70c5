package hub.inbox.db;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many events a batch adds to a source's counts; negative when it removes events. */
public record SourceCounts(long stored, long ignored) {
  /** Counts by source, sorted: every transaction locks in this order, so that none deadlock. */
  static Map<String, SourceCounts> of(List<RoutedEvent> events) {
    Map<String, SourceCounts> counts = new TreeMap<>();
    for (RoutedEvent one : events) {
      counts.merge(
          one.event().source(),
          new SourceCounts(1, one.handlers().isEmpty() ? 1 : 0),
          SourceCounts::plus);
    }
    return counts;
  }

  public SourceCounts plus(SourceCounts other) {
    return new SourceCounts(stored + other.stored, ignored + other.ignored);
  }
}
