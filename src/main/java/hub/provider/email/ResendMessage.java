package hub.provider.email;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.inbox.InboxVariables;
import hub.util.Json;
import jakarta.mail.internet.InternetAddress;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a queued e-mail into a request body for Resend. Thread-safe.
 *
 * @see <a href="https://resend.com/docs/api-reference/emails/send-email">Resend: send e-mail</a>
 */
final class ResendMessage implements Processor {
  private final EmailSettings settings;

  ResendMessage(EmailSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Mail mail = Mail.of(exchange.getMessage().getBody(byte[].class));
    ObjectNode body = Json.object();
    body.put("from", named(settings.from()));
    mail.to().forEach(body.putArray("to")::add);
    body.put("subject", mail.subject()).put("html", mail.html()).put("text", mail.text());
    mail.replyTo().ifPresent(address -> body.put("reply_to", address));
    // Without it some mail clients put e-mails of one subject into one thread.
    body.putObject("headers")
        .put("X-Entity-Ref-ID", exchange.getVariable(InboxVariables.EVENT_ID, String.class));
    exchange.getMessage().setBody(body);
  }

  /** Quotes the name only when necessary, because mail clients would show the quotes. */
  private static String named(InternetAddress sender) {
    String name = sender.getPersonal();
    return name != null && name.matches("[\\p{L}\\p{N} _-]+")
        ? name + " <" + sender.getAddress() + ">"
        : sender.toUnicodeString();
  }
}
