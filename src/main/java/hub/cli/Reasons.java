package hub.cli;

import hub.lint.StartRefused;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;

/** Why something failed, in a few lines that a person can act on. */
final class Reasons {
  private static final int MOST_LINES = 6;

  private Reasons() {}

  /** From the outermost to the innermost; messages that only repeat an inner one are left out. */
  static List<String> of(Throwable error) {
    List<String> messages = new ArrayList<>();
    for (Throwable t = error; t != null && t.getCause() != t; t = t.getCause()) {
      if (t instanceof StartRefused refused) {
        return refused.getMessage().lines().toList();
      }
      messages.add(text(t));
    }
    List<String> told = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      String message = messages.get(i);
      boolean repeated =
          messages.subList(i + 1, messages.size()).stream().anyMatch(message::contains);
      if (!repeated && !told.contains(message)) {
        told.add(message);
      }
    }
    return told.size() <= MOST_LINES ? told : told.subList(told.size() - MOST_LINES, told.size());
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    if (error instanceof BindException) {
      return message + "; end the program that has the port, or set PORT or MANAGEMENT_PORT";
    }
    return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
  }
}
