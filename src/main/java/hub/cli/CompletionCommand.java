package hub.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script that completes commands and options in a shell. */
@Command(
    name = "completion",
    description = "Prints a script with which the shell completes commands and options.",
    footer = {
      "",
      "Examples:",
      "  source <(integration-master completion bash)",
      "  integration-master completion zsh > ~/.integration-master.zsh   # then source it in ~/.zshrc"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  /** The shells whose completion one script serves. */
  enum ShellName {
    bash,
    zsh
  }

  private final CliContext cliContext;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
  private ShellName shell;

  CompletionCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    if (shell == ShellName.zsh) {
      // The script is bash's, which zsh reads after this.
      cliContext.out().println("autoload -U +X compinit && compinit");
      cliContext.out().println("autoload -U +X bashcompinit && bashcompinit");
    }
    cliContext.out().print(AutoComplete.bash(Cli.NAME, spec.root().commandLine()));
    return ExitCode.OK;
  }
}
