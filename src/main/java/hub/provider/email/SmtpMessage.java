package hub.provider.email;

import hub.call.policy.Call;
import hub.inbox.InboxVariables;
import hub.inbox.idempotency.IdempotencyKeys;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.InternetAddress;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a queued e-mail into a message for {@code smtp:}. Leaves out recipients that the server
 * accepted in an earlier attempt. Thread-safe.
 *
 * <p>In Java, because a server may accept some recipients and refuse others, of which each attempt
 * must remember those that it has.
 */
final class SmtpMessage implements Processor {

  private final EmailSettings settings;
  private final IdempotencyKeys sent;

  SmtpMessage(EmailSettings settings, IdempotencyKeys sent) {
    this.settings = settings;
    this.sent = sent;
  }

  @Override
  public void process(Exchange exchange) throws MessagingException {
    Mail mail = Mail.of(exchange.getMessage().getBody(byte[].class));
    String event = exchange.getVariable(InboxVariables.EVENT_ID, String.class);
    InternetAddress from = settings.from();
    String domain = from.getAddress().substring(from.getAddress().lastIndexOf('@') + 1);
    exchange
        .getMessage()
        .setBody(
            new OutgoingMail(
                mail,
                from,
                event + "@" + domain,
                Instant.parse(exchange.getVariable(InboxVariables.RECEIVED_AT, String.class)),
                exchange
                    .getVariable(
                        AttachedFiles.VARIABLE,
                        new AttachedFiles(List.of(), 0),
                        AttachedFiles.class)
                    .files(),
                notYetSent(mail.to(), exchange, event),
                Call.timeLeft(exchange),
                recipients -> markSent(recipients, exchange, event)));
  }

  private List<String> notYetSent(List<String> to, Exchange exchange, String event) {
    if (to.size() == 1) {
      return to;
    }
    return to.stream().filter(one -> !sent.contains(exchange, key(event, one))).toList();
  }

  private void markSent(List<Address> recipients, Exchange exchange, String event) {
    for (Address recipient : recipients) {
      String key = key(event, ((InternetAddress) recipient).getAddress());
      sent.add(exchange, key);
      sent.confirm(exchange, key);
    }
  }

  private static String key(String event, String recipient) {
    return event + "/to/" + recipient;
  }
}
