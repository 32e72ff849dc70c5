package hub.inbox;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many events a batch adds to a source, or takes from it. */
record Tally(long stored, long ignored) {
  /**
   * By source, in one order for every node, so that two transactions never wait for each other in a
   * ring.
   */
  static Map<String, Tally> of(List<InboxStore.Row> rows) {
    Map<String, Tally> tallies = new TreeMap<>();
    for (InboxStore.Row row : rows) {
      tallies.merge(
          row.event().source(), new Tally(1, row.handlers().isEmpty() ? 1 : 0), Tally::plus);
    }
    return tallies;
  }

  Tally plus(Tally other) {
    return new Tally(stored + other.stored, ignored + other.ignored);
  }
}
