package hub;

import hub.cli.Cli;

/** Integration Master: starts it, or runs another of its commands. */
public final class Hub {
  private Hub() {}

  public static void main(String[] args) {
    // Whatever a stop, or a start that failed half-way, has left running ends with it.
    System.exit(Cli.execute(args));
  }
}
