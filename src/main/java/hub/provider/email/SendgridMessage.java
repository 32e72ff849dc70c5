package hub.provider.email;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.inbox.InboxVariables;
import hub.util.Json;
import jakarta.mail.internet.InternetAddress;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns a queued e-mail into a request body for SendGrid. Thread-safe.
 *
 * @see <a href="https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send">SendGrid:
 *     Mail Send</a>
 */
final class SendgridMessage implements Processor {
  private final EmailSettings settings;

  SendgridMessage(EmailSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Mail mail = Mail.of(exchange.getMessage().getBody(byte[].class));
    ObjectNode body = Json.object();
    ArrayNode to = body.putArray("personalizations").addObject().putArray("to");
    mail.to().forEach(address -> to.addObject().put("email", address));
    InternetAddress from = settings.from();
    ObjectNode sender = body.putObject("from").put("email", from.getAddress());
    if (from.getPersonal() != null) {
      sender.put("name", from.getPersonal());
    }
    mail.replyTo().ifPresent(address -> body.putObject("reply_to").put("email", address));
    body.put("subject", mail.subject());
    // SendGrid wants the plain text first, and no empty one, as for HTML with a picture only.
    ArrayNode content = body.putArray("content");
    if (!mail.text().isBlank()) {
      content.addObject().put("type", "text/plain").put("value", mail.text());
    }
    content.addObject().put("type", "text/html").put("value", mail.html());
    // SendGrid has no idempotency key; its own events carry this id and so reveal duplicates.
    body.putObject("custom_args")
        .put("hubEventId", exchange.getVariable(InboxVariables.EVENT_ID, String.class));
    exchange.getMessage().setBody(body);
  }
}
