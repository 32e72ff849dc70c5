package hub.email;

import hub.inbox.InboxVariables;
import hub.outbound.Call;
import hub.problem.Problem;
import hub.problem.ProblemException;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a caller's request into the event that {@code to: inbox:email} stores, under the caller's
 * Idempotency-Key or one that is made. Thread-safe.
 */
final class AcceptMail implements Processor {
  static final String TYPE = "email.send";

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private final EmailSettings settings;

  AcceptMail(EmailSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Mail mail = MailRules.check(exchange.getMessage().getBody(Map.class));
    settings.require();
    String key = key(exchange);
    exchange.setProperty(Call.REQUEST_KEY, key);
    // One caller's key is not another's.
    exchange.setVariable(
        InboxVariables.EVENT_ID, exchange.getProperty(Call.CALLER, "", String.class) + "/" + key);
    exchange.setVariable(InboxVariables.TYPE, TYPE);
    exchange.getMessage().setBody(mail.bytes());
  }

  private static String key(Exchange exchange) {
    Object asked = exchange.getMessage().getHeader(IDEMPOTENCY_KEY);
    if (asked == null || asked.toString().isBlank()) {
      return UUID.randomUUID().toString();
    }
    if (!(asked instanceof String key) || key.length() > 255) {
      throw new ProblemException(
          Problem.of(
              400, "payload-invalid", "Idempotency-Key is there twice, or longer than 255."));
    }
    return key.strip();
  }
}
