package hub.inbox.camel;

import java.io.IOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.camel.Endpoint;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.component.sql.SqlEndpoint;
import org.apache.camel.component.sql.SqlHelper;
import org.apache.camel.spi.EndpointStrategy;

/**
 * Counts the parameters of a {@code sql:} step's statement once, where the step does not say {@code
 * parametersCount}, and prepares it once. Otherwise the step asks the database for their number at
 * each message, which costs two round trips. Stateless.
 */
public final class SqlParameters implements EndpointStrategy {
  /** A named parameter as the component finds it, after it has replaced the placeholder #. */
  private static final Pattern NAMED =
      Pattern.compile(":\\?(in:)?(\\w+|\\$\\{[^}]+}|\\$simple\\{[^}]+})");

  @Override
  public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
    if (endpoint instanceof SqlEndpoint sql) {
      if (sql.getParametersCount() == 0 && !sql.isUseMessageBodyForSql()) {
        sql.setParametersCount(count(sql));
      }
      if (sql.getPrepareStatementStrategy() == null) {
        sql.setPrepareStatementStrategy(new KnownStatement(sql.getSeparator()));
      }
    }
    return endpoint;
  }

  /** Zero, for which the component asks the database, unless all parameters are named. */
  private static int count(SqlEndpoint sql) {
    String statement;
    try {
      String placeholder = sql.isUsePlaceholder() ? sql.getPlaceholder() : null;
      statement = SqlHelper.resolveQuery(sql.getCamelContext(), sql.getQuery(), placeholder);
      if (statement.equals(sql.getQuery())) {
        statement = SqlHelper.resolvePlaceholders(statement, placeholder);
      }
    } catch (IOException | NoTypeConversionAvailableException | RuntimeException e) {
      // The step itself reports a missing file, with its route.
      return 0;
    }
    List<MatchResult> named = NAMED.matcher(statement).results().toList();
    boolean isListed = named.stream().anyMatch(one -> one.group(1) != null);
    boolean isPlain = NAMED.matcher(statement).replaceAll("").indexOf('?') >= 0;
    return isListed || isPlain ? 0 : named.size();
  }
}
