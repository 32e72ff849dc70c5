package hub.provider.email;

import hub.call.policy.CallerKey;
import hub.http.RequestContext;
import hub.inbox.InboxVariables;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a caller's request into the event that {@code to: inbox:email} stores, under the caller's
 * Idempotency-Key or one that is made. Thread-safe.
 */
final class AcceptMail implements Processor {
  static final String TYPE = "email.send";

  private final EmailSettings settings;

  AcceptMail(EmailSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Mail mail = MailRules.check(exchange.getMessage().getBody(Map.class));
    settings.require();
    String key = CallerKey.of(exchange);
    // One caller's key is not another's.
    exchange.setVariable(
        InboxVariables.EVENT_ID,
        exchange.getProperty(RequestContext.CALLER_PROPERTY, "", String.class) + "/" + key);
    exchange.setVariable(InboxVariables.TYPE, TYPE);
    exchange.getMessage().setBody(mail.bytes());
  }
}
