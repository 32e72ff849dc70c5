package hub.cli;

import picocli.CommandLine.ExitCode;

/** Ends a command with a sentence for the terminal. */
final class CommandFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailed(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  /** It was asked rightly and did not work. */
  static CommandFailed failed(String message) {
    return new CommandFailed(ExitCode.SOFTWARE, message);
  }

  /** It was asked wrongly: nothing was done. */
  static CommandFailed wrongUsage(String message) {
    return new CommandFailed(ExitCode.USAGE, message);
  }

  int exitCode() {
    return exitCode;
  }
}
