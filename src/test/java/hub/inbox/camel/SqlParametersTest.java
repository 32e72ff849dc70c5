package hub.inbox.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.component.sql.SqlPrepareStatementStrategy;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many parameters a {@code sql:} step has is found out once, by the hub. */
class SqlParametersTest {
  private final DefaultCamelContext context = new DefaultCamelContext();

  @BeforeEach
  void install() {
    context.getRegistry().bind("dataSource", new JdbcDataSource());
    context.getCamelContextExtension().registerEndpointCallback(new SqlParameters());
  }

  @AfterEach
  void close() {
    context.stop();
  }

  private int countOf(String uri) {
    return context.getEndpoint(uri, SqlEndpoint.class).getParametersCount();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INSERT INTO a VALUES (:#one, :#${variable.two}, :#${body[a][b]}) | 3",
        "SELECT a FROM b WHERE c = :#$simple{header.d} | 1",
        "SELECT CAST(a AS text) FROM b | 0",
        // Counted by the database, because only the message tells how many there are.
        "SELECT a FROM b WHERE c IN (:#in:names) AND d = :#e | 0",
        "INSERT INTO a VALUES (#, #) | 0",
        "SELECT a FROM b WHERE c = :#d AND e = # | 0"
      })
  void named_parameters_are_counted(String statement, int count) {
    assertThat(countOf("sql:" + statement)).isEqualTo(count);
  }

  @Test
  void a_statement_in_a_file_is_counted_without_its_comments() {
    assertThat(countOf("sql:classpath:sql/postgresql/upsert-subscription.sql")).isEqualTo(10);
    assertThat(countOf("sql:classpath:sql/select-subscription.sql")).isEqualTo(1);
  }

  @Test
  void the_routes_own_count_stays_and_a_missing_file_is_left_to_the_step() {
    assertThat(countOf("sql:SELECT :#a?parametersCount=7")).isEqualTo(7);
    assertThat(countOf("sql:SELECT :#a?useMessageBodyForSql=true")).isZero();
    assertThat(countOf("sql:classpath:sql/nowhere.sql")).isZero();
  }

  private String prepared(SqlEndpoint sql, String query, Object list) throws SQLException {
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setHeader("list", list);
    return sql.getPrepareStatementStrategy().prepareQuery(query, true, exchange);
  }

  @Test
  void a_statement_is_prepared_as_camel_does_whatever_was_prepared_before() throws SQLException {
    SqlEndpoint sql = context.getEndpoint("sql:SELECT :#a", SqlEndpoint.class);
    for (int i = 0; i < 2; i++) {
      assertThat(prepared(sql, "SELECT :?a", "")).isEqualTo("SELECT ?");
      assertThat(prepared(sql, "SELECT b + :?${body.b}", "")).isEqualTo("SELECT b + ?");
      assertThat(prepared(sql, "SELECT :?in:list", List.of(1, 2))).isEqualTo("SELECT ?,?");
      assertThat(prepared(sql, "SELECT :?in:list", List.of(1))).isEqualTo("SELECT ?");
    }
    assertThat(sql.getPrepareStatementStrategy().prepareQuery("SELECT :?a", false, null))
        .isEqualTo("SELECT :?a");
  }

  @Test
  void the_routes_own_way_to_prepare_a_statement_stays() {
    SqlPrepareStatementStrategy own = new DefaultSqlPrepareStatementStrategy() {};
    context.getRegistry().bind("own", own);
    assertThat(
            context
                .getEndpoint("sql:SELECT :#a?prepareStatementStrategy=#own", SqlEndpoint.class)
                .getPrepareStatementStrategy())
        .isSameAs(own);
  }
}
