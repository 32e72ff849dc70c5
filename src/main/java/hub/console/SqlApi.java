package hub.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.db.ReadOnlySql;
import hub.db.StoreRefusedException;
import hub.http.auth.Operator;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Json;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/admin/sql} with {@code {"statement":"select …"}}: reads the inbox and the tables
 * of the routes' own migrations. Answers {@code {columns,rows,cut}}. Each statement is logged with
 * the operator who sent it.
 */
public final class SqlApi extends JsonRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(SqlApi.class);

  private static final String REFUSED = "sql-refused";

  private final Optional<ReadOnlySql> sql;

  /**
   * @param sql empty when the hub's database has no user of its own for it
   */
  public SqlApi(Optional<ReadOnlySql> sql) {
    this.sql = sql;
  }

  @Override
  public void configure() {
    call(
        "POST",
        "/sql",
        200,
        "admin-read-by-sql",
        "Runs a statement that reads.",
        exchange -> Optional.of(answer(exchange)));
  }

  private ObjectNode answer(Exchange exchange) throws SQLException {
    noParameters(exchange);
    byte[] body = exchange.getMessage().getBody(byte[].class);
    RequestFields fields = RequestFields.ofJson(body, Set.of("statement"), Set.of());
    Optional<String> statement = fields.text("statement").filter(text -> !text.isBlank());
    if (statement.isEmpty()) {
      fields.fault("statement", "is missing");
    }
    fields.refuseFaults();
    return json(run(operator(exchange), statement.get()));
  }

  private ReadOnlySql.Result run(Operator operator, String statement) throws SQLException {
    ReadOnlySql reader =
        sql.orElseThrow(
            () ->
                new ProblemException(
                    Problem.of(409, REFUSED, "This hub's database has no user for it.")));
    try {
      ReadOnlySql.Result result = reader.run(statement);
      log(operator, statement, "done rows=" + result.rows().size());
      return result;
    } catch (StoreRefusedException e) {
      log(operator, statement, "refused");
      throw new ProblemException(Problem.of(400, REFUSED, e.getMessage()));
    }
  }

  private static void log(Operator operator, String statement, String outcome) {
    LOG.info(
        "sql={} operator={} name={} statement={}",
        outcome,
        operator.id(),
        operator.name(),
        Json.text(statement));
  }

  private static ObjectNode json(ReadOnlySql.Result result) {
    ObjectNode answer = Json.object();
    ArrayNode columns = answer.putArray("columns");
    result.columns().forEach(columns::add);
    ArrayNode rows = answer.putArray("rows");
    for (List<Object> values : result.rows()) {
      ArrayNode row = rows.addArray();
      values.forEach(row::addPOJO);
    }
    return answer.put("cut", result.isCut());
  }
}
