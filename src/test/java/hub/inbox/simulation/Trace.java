package hub.inbox.simulation;

import java.util.Locale;

/**
 * What happened, in order: a number that depends on all of it, and the text where it is asked for.
 */
final class Trace {
  private final boolean kept;
  private final StringBuilder text = new StringBuilder();
  private long hash = 1;
  private long lines;

  /**
   * @param kept keep the text
   */
  Trace(boolean kept) {
    this.kept = kept;
  }

  void add(long nanos, int node, String task, String what) {
    hash = 31 * (31 * (31 * (31 * hash + nanos) + node) + task.hashCode()) + what.hashCode();
    lines++;
    if (kept) {
      text.append(String.format(Locale.ROOT, "%13.6f ms node %d %-22s ", nanos / 1e6, node, task))
          .append(what.strip().replaceAll("\\s+", " "))
          .append('\n');
    }
  }

  String text() {
    return text.toString();
  }

  long lines() {
    return lines;
  }

  @Override
  public String toString() {
    return Long.toHexString(hash);
  }
}
