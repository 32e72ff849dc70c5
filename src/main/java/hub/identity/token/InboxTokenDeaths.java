package hub.identity.token;

import hub.inbox.InboxVariables;
import hub.util.Json;
import java.io.IOException;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends {@code hub.token.died} to the hub's own source, with {@code provider}, {@code subject}
 * and {@code reason}. Thread-safe.
 */
final class InboxTokenDeaths implements TokenDeaths {
  /** Where {@link TokenKeepAlive} takes the events and appends them. */
  static final String ADDRESS = "direct:token-died";

  private static final String TYPE = "hub.token.died";
  private static final Logger LOG = LoggerFactory.getLogger(InboxTokenDeaths.class);

  private final CamelContext context;

  InboxTokenDeaths(CamelContext context) {
    this.context = context;
  }

  @Override
  public void died(TokenOwner owner, String reason) {
    try (ProducerTemplate template = context.createProducerTemplate()) {
      Exchange appended =
          template.send(
              ADDRESS,
              exchange -> {
                exchange.setVariable(InboxVariables.EVENT_ID, UUID.randomUUID().toString());
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
        LOG.error("token={} event=not-appended", owner, appended.getException());
      }
    } catch (IOException e) {
      LOG.error("token={} event=unknown", owner, e);
    }
  }
}
