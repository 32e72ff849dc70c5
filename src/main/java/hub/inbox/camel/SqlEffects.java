package hub.inbox.camel;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.component.sql.SqlComponent;
import org.apache.camel.component.sql.SqlHelper;

/** Tells of a {@code sql:} endpoint whether a transaction can hold its statement. Thread-safe. */
final class SqlEffects {
  /**
   * The first words of statements that leave the transaction open. H2 commits it before each that
   * changes the schema.
   */
  private static final Set<String> HELD =
      Set.of("CALL", "DELETE", "INSERT", "MERGE", "SELECT", "UPDATE", "VALUES", "WITH");

  private static final Pattern OPTION =
      Pattern.compile(
          "[?&](batch|batchAutoCommitDisabled|outputType|dataSource|dataSourceRef|useMessageBodyForSql)=([^&]*)");

  private static final Pattern COMMENT_OR_QUOTED =
      Pattern.compile("--[^\n]*|/\\*.*?\\*/|'(?:[^']|'')*'|\"[^\"]*\"", Pattern.DOTALL);

  private static final Pattern FIRST_WORD = Pattern.compile("^[\\s(]*([A-Za-z]+)");

  private final CamelContext context;

  SqlEffects(CamelContext context) {
    this.context = context;
  }

  /** Looks at the statement and at the options. */
  Optional<Obstacle> obstacle(String uri) {
    return ofOptions(uri).or(this::ofComponent).or(() -> ofStatement(uri));
  }

  private static Optional<Obstacle> ofOptions(String uri) {
    Matcher option = OPTION.matcher(uri);
    boolean isBatch = false;
    boolean commitsBatch = true;
    while (option.find()) {
      String value = option.group(2);
      switch (option.group(1)) {
        case "batch" -> isBatch = !value.equals("false");
        case "batchAutoCommitDisabled" -> commitsBatch = !value.equals("false");
        case "outputType" -> {
          if (value.equalsIgnoreCase("StreamList")) {
            return Obstacle.of(
                "outputType=StreamList reads on a connection of its own", "use SelectList");
          }
        }
        case "useMessageBodyForSql" -> {
          if (!value.equals("false")) {
            return unknownStatement();
          }
        }
        default -> {
          return Obstacle.of(
              "its dataSource is not the transaction's",
              "leave it out, if it is the hub's database");
        }
      }
    }
    return isBatch && commitsBatch
        ? Obstacle.of(
            "batch=true commits the whole transaction before its end",
            "write batchAutoCommitDisabled=false beside it")
        : Optional.empty();
  }

  private Optional<Obstacle> ofComponent() {
    SqlComponent component = (SqlComponent) context.hasComponent("sql");
    Object ours = context.getRegistry().lookupByName("dataSource");
    return component == null
            || component.getDataSource() == null
            || component.getDataSource() == ours
        ? Optional.empty()
        : Obstacle.of("camel.component.sql.data-source is not the hub's", "leave that setting out");
  }

  private Optional<Obstacle> ofStatement(String uri) {
    String query = uri.replaceFirst("^sql:(//)?", "").replaceFirst("\\?.*", "");
    String statement;
    try {
      statement = SqlHelper.resolveQuery(context, query, null);
    } catch (IOException | NoTypeConversionAvailableException | RuntimeException e) {
      return unknownStatement();
    }
    if (PureExpressions.callsCode(statement)) {
      return Obstacle.code("its bean");
    }
    String bare = COMMENT_OR_QUOTED.matcher(statement).replaceAll(" ").strip();
    if (bare.contains(";") && bare.indexOf(';') < bare.length() - 1) {
      return Obstacle.of("it holds several statements", "write a step for each");
    }
    Matcher first = FIRST_WORD.matcher(bare);
    if (!first.find()) {
      return unknownStatement();
    }
    String word = first.group(1).toUpperCase(Locale.ROOT);
    return HELD.contains(word)
        ? Optional.empty()
        : Obstacle.of(
            word + " may end the transaction",
            "make tables and settings before the start, and leave the commit to the hub");
  }

  static Optional<Obstacle> unknownStatement() {
    return Obstacle.of(
        "its statement is not known before it runs, and might end the transaction",
        "write the statement into its uri");
  }
}
