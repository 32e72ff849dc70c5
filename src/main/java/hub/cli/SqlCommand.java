package hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a running hub's tables by SQL. */
@Command(
    name = "sql",
    description = {
      "Runs one statement that reads: the inbox (inbox_event, inbox_delivery, inbox_lane,"
          + " inbox_handler, inbox_arrival), and the tables that migrations of routes' folders make.",
      "It runs as a database user that may read these alone, for 10 seconds and 1,000 rows at most."
          + " The hub logs who has sent it. Tokens, sessions and keys cannot be read."
    },
    mixinStandardHelpOptions = true)
final class SqlCommand implements Callable<Integer> {
  /** A wider field is cut in the table; {@code --json} shows it whole. */
  private static final int MAX_WIDTH = 60;

  private final CliContext cliContext;
  @Mixin private AdminOptions hub;

  @Option(names = "--json", description = "The hub's answer: an object with columns, rows and cut.")
  private boolean json;

  @Parameters(
      paramLabel = "STATEMENT",
      description = "Such as \"select count(*) from inbox_event\".")
  private String statement;

  SqlCommand(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    JsonNode answer = hub.api(cliContext).sql(statement);
    if (json) {
      cliContext.out().println(Json.text(answer));
      return ExitCode.OK;
    }
    List<List<String>> lines = new ArrayList<>();
    lines.add(texts(answer.get("columns")));
    answer.get("rows").forEach(row -> lines.add(texts(row)));
    int[] widths =
        IntStream.range(0, lines.get(0).size())
            .map(i -> lines.stream().mapToInt(line -> line.get(i).length()).max().orElse(1))
            .toArray();
    lines.forEach(line -> cliContext.out().println(line(line, widths)));
    int rows = answer.get("rows").size();
    cliContext.out().println("(" + rows + (rows == 1 ? " row)" : " rows)"));
    if (answer.path("cut").asBoolean()) {
      cliContext
          .err()
          .println("There is more: rows or long texts were left out; narrow the statement.");
    }
    return ExitCode.OK;
  }

  private static List<String> texts(JsonNode values) {
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(field(value)));
    return texts;
  }

  private static String field(JsonNode value) {
    String text = value.isNull() ? "" : Terminal.plain(value.asText());
    return text.length() <= MAX_WIDTH ? text : text.substring(0, MAX_WIDTH - 1) + "…";
  }

  private static String line(List<String> fields, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(i -> fields.get(i) + " ".repeat(widths[i] - fields.get(i).length()))
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }
}
