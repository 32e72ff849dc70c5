package hub.identity.token;

import hub.db.StoreUnavailableException;
import hub.inbox.InboxVariables;
import hub.inbox.camel.InboxComponent;
import hub.util.Json;
import java.io.IOException;
import java.sql.SQLException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * Appends {@code hub.token.died} to the hub's own source, with {@code provider}, {@code subject}
 * and {@code reason}, in one transaction with the row's new state: a crash loses neither. The
 * event's id is the version of the row. Thread-safe.
 */
final class InboxTokenDeaths implements TokenDeaths {
  /** Where {@link TokenKeepAlive} takes the events and appends them. */
  static final String ADDRESS = "direct:token-died";

  private static final String TYPE = "hub.token.died";

  private final CamelContext context;
  private final TokenTable table;

  InboxTokenDeaths(CamelContext context, TokenTable table) {
    this.context = context;
    this.table = table;
  }

  @Override
  public boolean record(TokenRow row, String reason) {
    InboxComponent inbox = context.getComponent("inbox", InboxComponent.class);
    try {
      return inbox.inTransaction(
          connection -> {
            boolean isNewest = table.refuse(row);
            if (isNewest) {
              append(row, reason);
            }
            return isNewest;
          });
    } catch (SQLException e) {
      throw TokenTable.failure(e);
    }
  }

  private void append(TokenRow row, String reason) {
    TokenOwner owner = row.owner();
    try (ProducerTemplate template = context.createProducerTemplate()) {
      Exchange appended =
          template.send(
              // While the hub stops there is nobody to wait for.
              ADDRESS + "?block=false",
              exchange -> {
                exchange.setVariable(InboxVariables.EVENT_ID, row.version().toString());
                exchange.setVariable(InboxVariables.TYPE, TYPE);
                exchange
                    .getMessage()
                    .setBody(
                        Json.bytes(
                            Json.object()
                                .put("provider", owner.provider())
                                .put("subject", owner.subject())
                                .put("reason", reason)));
              });
      if (appended.getException() != null) {
        throw new StoreUnavailableException(
            "the event of a token that died cannot be stored", appended.getException());
      }
    } catch (IOException e) {
      throw new StoreUnavailableException("the event of a token that died cannot be stored", e);
    }
  }
}
