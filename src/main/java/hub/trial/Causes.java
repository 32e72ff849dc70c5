package hub.trial;

import java.util.LinkedHashSet;
import java.util.Set;

/** An exception in one line. */
final class Causes {
  private static final int MOST = 20;

  private Causes() {}

  /** The messages from the outermost to the innermost cause, without repetitions. */
  static String text(Throwable error) {
    Set<String> texts = new LinkedHashSet<>();
    int depth = 0;
    for (Throwable t = error; t != null && depth < MOST; t = t.getCause(), depth++) {
      String text = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
      if (texts.stream().noneMatch(known -> known.contains(text))) {
        texts.add(text.strip());
      }
    }
    return String.join(": ", texts);
  }
}
