package hub.cli;

import picocli.CommandLine.ExitCode;

/** Ends a command with a sentence for the terminal. */
final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailedException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** It was asked rightly and did not work. */
  static CommandFailedException failed(String message) {
    return new CommandFailedException(ExitCode.SOFTWARE, message);
  }

  /** It was asked wrongly: nothing was done. */
  static CommandFailedException wrongUsage(String message) {
    return new CommandFailedException(ExitCode.USAGE, message);
  }

  int exitCode() {
    return exitCode;
  }
}
