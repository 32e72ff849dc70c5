package hub.provider.email;

import hub.http.problem.ProblemException;
import hub.inbox.InboxVariables;
import hub.inbox.JoinsTransaction;
import hub.inbox.engine.Lease;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.jsoup.nodes.Entities;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues a short e-mail without changing the message. It reads the variables {@code emailTo}, an
 * address or a list of them, {@code emailSubject}, {@code emailText}, plain text, and {@code
 * emailKey}; each key is sent once. When e-mail is not configured or the address is invalid, it
 * logs one line and goes on. In the registry as {@code queueNotice}. Thread-safe.
 */
@JoinsTransaction(stores = true)
final class QueueNotice implements Processor {
  private static final Logger LOG = LoggerFactory.getLogger("hub.email");

  private final EmailSettings settings;
  private final ProducerTemplate inbox;

  QueueNotice(EmailSettings settings, ProducerTemplate inbox) {
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
    Exchange stored =
        inbox.request(
            "inbox:email",
            event -> {
              Lease.copy(exchange, event);
              event.setVariable(InboxVariables.EVENT_ID, key);
              event.setVariable(InboxVariables.TYPE, QueueEmail.TYPE);
              event.getMessage().setBody(mail.bytes());
            });
    if (stored.getException() != null) {
      throw new CamelExecutionException(
          "the e-mail was not queued", exchange, stored.getException());
    }
  }

  private static Map<String, Object> fields(Exchange exchange) {
    String text = exchange.getVariable("emailText", "", String.class);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("to", exchange.getVariable("emailTo"));
    fields.put("subject", exchange.getVariable("emailSubject", String.class));
    fields.put("text", text);
    fields.put("html", "<p>" + Entities.escape(text).replace("\n", "<br>\n") + "</p>");
    return fields;
  }
}
