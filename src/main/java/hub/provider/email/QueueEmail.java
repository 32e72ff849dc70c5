package hub.provider.email;

import hub.call.policy.CallerKey;
import hub.http.RequestContext;
import hub.inbox.InboxVariables;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a caller's request into the event that {@code to: inbox:email} stores, under the caller's
 * Idempotency-Key or a new one. Thread-safe.
 *
 * <p>In Java, because all that is wrong with an e-mail is told at once.
 */
final class QueueEmail implements Processor {
  static final String TYPE = "email.send";

  private final EmailSettings settings;

  QueueEmail(EmailSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Mail mail = MailRules.check(exchange.getMessage().getBody(Map.class));
    settings.require(mail);
    String key = CallerKey.of(exchange);
    // A key is unique for one caller only.
    exchange.setVariable(
        InboxVariables.EVENT_ID,
        exchange.getProperty(RequestContext.CALLER_PROPERTY, "", String.class) + "/" + key);
    exchange.setVariable(InboxVariables.TYPE, TYPE);
    exchange.getMessage().setBody(mail.bytes());
  }
}
