package hub.identity.token;

import hub.inbox.InboxVariables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * Stores tokens to revoke as events in the inbox, because a provider may be away for longer than
 * this process runs. Thread-safe.
 */
final class InboxRevocationQueue implements RevocationQueue {
  private static final String STORE = "direct:login-store-revocation";
  private static final String TYPE = "login.revoke-token";

  private final CamelContext context;
  private final TokenCodec tokenCodec;

  InboxRevocationQueue(CamelContext context, TokenCodec tokenCodec) {
    this.context = context;
    this.tokenCodec = tokenCodec;
  }

  @Override
  public void add(TokenOwner owner, String token) {
    try (ProducerTemplate template = context.createProducerTemplate()) {
      Exchange kept =
          template.send(
              STORE,
              exchange -> {
                exchange.setVariable(InboxVariables.EVENT_ID, UUID.randomUUID().toString());
                exchange.setVariable(InboxVariables.TYPE, TYPE);
                exchange.getMessage().setBody(RevokeToken.body(tokenCodec.cipher(), owner, token));
              });
      if (kept.getException() != null) {
        throw new CamelExecutionException(
            "the revocation is not stored", kept, kept.getException());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
