package hub.provider.email;

import hub.http.problem.ProblemException;
import hub.inbox.JoinsTransaction;
import hub.inbox.camel.SideAppend;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues a short e-mail without changing the message. It reads the variables {@code emailTo}, an
 * address or a list of them, {@code emailSubject}, {@code emailText}, plain text, and {@code
 * emailKey}; each key is sent once. When e-mail is not configured or the address is invalid, it
 * logs one line and goes on. In the registry as {@code queueNotice}. Thread-safe.
 *
 * <p>In Java, because a notice that cannot be sent must not fail what it tells of; {@code
 * email-action} fails.
 */
@JoinsTransaction(stores = true)
final class QueueNotice implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger("hub.email");

  private final EmailSettings settings;
  private final SideAppend inbox;

  QueueNotice(EmailSettings settings, SideAppend inbox) {
    this.settings = settings;
    this.inbox = inbox;
  }

  @Override
  public void process(Exchange exchange) {
    String key = exchange.getVariable("emailKey", String.class);
    if (!settings.isConfigured()) {
      LOG.warn("email={} outcome=not-sent: EMAIL_TRANSPORT and what it needs are not set", key);
      return;
    }
    Mail mail;
    try {
      mail = MailRules.check(fields(exchange));
    } catch (ProblemException e) {
      LOG.warn("email={} outcome=not-sent: {}", key, e.problem().detail());
      return;
    }
    inbox.store(exchange, "email", QueueEmail.TYPE, key, mail.bytes());
  }

  private static Map<String, Object> fields(Exchange exchange) {
    String text = exchange.getVariable("emailText", "", String.class);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("to", exchange.getVariable("emailTo"));
    fields.put("subject", exchange.getVariable("emailSubject", String.class));
    fields.put("text", text);
    fields.put("html", Mail.htmlOf(text));
    return fields;
  }
}
