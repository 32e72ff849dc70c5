package hub.cli;

import java.io.Console;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** Colours for people: never in a pipe or a file, and not where the environment says so. */
final class Colours {
  private static final boolean SHOWN = areShown(System.getenv(), isTerminal(System.console()));

  private Colours() {}

  /**
   * Whether colours are shown: on a terminal, unless {@code NO_COLOR} is set or {@code TERM} is
   * {@code dumb}.
   */
  static boolean areShown(Map<String, String> environment, boolean isTerminal) {
    return isTerminal
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
  }

  /** Whether output goes to a terminal. From Java 22 on there is a console in a pipe, too. */
  private static boolean isTerminal(Console console) {
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true; // before Java 22
    }
  }

  /**
   * Whether this process writes to a terminal that shows colours, so that a line may be redrawn.
   */
  static boolean areShown() {
    return SHOWN;
  }

  /** What picocli is told for its help. */
  static Ansi ansi() {
    return SHOWN ? Ansi.ON : Ansi.OFF;
  }

  /** An event's state, coloured: red needs a person, yellow waits. */
  static String state(String padded) {
    if (!SHOWN) {
      return padded;
    }
    return switch (padded.strip()) {
      case "dead" -> "\u001b[31m" + padded + "\u001b[0m";
      case "retrying" -> "\u001b[33m" + padded + "\u001b[0m";
      case "done" -> "\u001b[32m" + padded + "\u001b[0m";
      default -> padded;
    };
  }
}
