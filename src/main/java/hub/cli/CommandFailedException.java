package hub.cli;

import picocli.CommandLine.ExitCode;

/** Ends a command with a message for the terminal. */
final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailedException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** The command was right but failed: exit code 1. */
  static CommandFailedException failed(String message) {
    return new CommandFailedException(ExitCode.SOFTWARE, message);
  }

  /** The command line or its settings are wrong and nothing was done: exit code 2. */
  static CommandFailedException wrongUsage(String message) {
    return new CommandFailedException(ExitCode.USAGE, message);
  }

  int exitCode() {
    return exitCode;
  }
}
