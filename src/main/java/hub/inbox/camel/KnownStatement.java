package hub.inbox.camel;

import java.sql.SQLException;
import org.apache.camel.Exchange;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;

/**
 * Prepares a {@code sql:} step's statement as Camel does, but only once: Camel looks for the named
 * parameters with patterns at each message. Thread-safe.
 */
final class KnownStatement extends DefaultSqlPrepareStatementStrategy {
  /** Such a list has as many parameters as the message has values. */
  private static final String LIST = ":?in:";

  private record Prepared(String query, boolean named, String statement) {}

  private volatile Prepared last = new Prepared("", true, "");

  /**
   * @param separator between the values of a message that is one text
   */
  KnownStatement(char separator) {
    super(separator);
  }

  @Override
  public String prepareQuery(String query, boolean named, Exchange exchange) throws SQLException {
    Prepared known = last;
    if (known.named() == named && known.query().equals(query)) {
      return known.statement();
    }
    String statement = super.prepareQuery(query, named, exchange);
    if (!query.contains(LIST)) {
      last = new Prepared(query, named, statement);
    }
    return statement;
  }
}
