package hub.cli;

import hub.lint.StartRefusedException;
import java.util.ArrayList;
import java.util.List;

/** Summarizes an exception in a few lines. */
final class FailureText {
  private static final int MAX_LINES = 6;

  private FailureText() {}

  /** The messages from the outermost to the innermost cause, without repetitions. */
  static List<String> of(Throwable error) {
    List<String> lines = new ArrayList<>();
    for (Throwable t = error; t != null; t = t.getCause()) {
      if (t instanceof StartRefusedException) {
        return t.getMessage().lines().toList();
      }
      String text = text(t);
      boolean wraps = t.getCause() != null && text.contains(t.getCause().getClass().getName());
      if (!wraps && lines.stream().noneMatch(line -> line.contains(text))) {
        lines.add(text);
      }
    }
    return lines.size() <= MAX_LINES
        ? lines
        : lines.subList(lines.size() - MAX_LINES, lines.size());
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
  }
}
