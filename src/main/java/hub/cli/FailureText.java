package hub.cli;

import hub.lint.StartRefusedException;
import java.util.ArrayList;
import java.util.List;

/** Why something failed, in a few lines that a person can act on. */
final class FailureText {
  private static final int MOST_LINES = 6;

  private FailureText() {}

  /** From the outermost to the innermost; what only repeats another is left out. */
  static List<String> of(Throwable error) {
    List<String> told = new ArrayList<>();
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof StartRefusedException) {
        return t.getMessage().lines().toList();
      }
      String text = text(t);
      boolean wraps = t.getCause() != null && text.contains(t.getCause().getClass().getName());
      if (!wraps && told.stream().noneMatch(line -> line.contains(text))) {
        told.add(text);
      }
    }
    return told.size() <= MOST_LINES ? told : told.subList(told.size() - MOST_LINES, told.size());
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
  }
}
