package hub.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes the files of a new route. */
@Command(
    name = "new",
    description = {
      "Writes the files of a new route: the route, a test beside it, and what else it needs.",
      "A file that is there stays as it is."
    },
    footer = {
      "",
      "Examples:",
      "  new webhook shop",
      "  new webhook forms --scheme typeform",
      "  new handler shop-note-order --source shop --types 'order.*'",
      "  new call crm-show-customer"
    },
    mixinStandardHelpOptions = true)
final class NewCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Say what: new webhook NAME, new handler NAME --source S, new call NAME");
  }
}
