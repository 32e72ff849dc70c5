package hub.util.step;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Takes the causes off an exception that is, in the end, its own cause. Camel's error handler
 * follows the causes without an end, until the memory is full.
 */
final class EndlessCauses {
  private EndlessCauses() {}

  /** The exception itself, or one of the same text without causes where they form a ring. */
  static Throwable cut(Throwable error) {
    if (error.getCause() == null || error.getCause().getCause() == null) {
      return error;
    }
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (!seen.add(t)) {
        IllegalStateException cut =
            new IllegalStateException(error + " (its causes form a ring and were left out)");
        cut.setStackTrace(error.getStackTrace());
        return cut;
      }
    }
    return error;
  }
}
