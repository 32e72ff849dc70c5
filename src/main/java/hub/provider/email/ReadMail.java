package hub.provider.email;

import jakarta.mail.internet.InternetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Sets the variable {@code mail} to the parts of the queued e-mail in the body, from which a route
 * builds the message of an e-mail service: {@code from} as text, {@code fromEmail}, {@code
 * fromName}, {@code to} as a list, {@code toText} with commas, {@code recipients} as a list of maps
 * with {@code email}, {@code subject}, {@code html}, {@code text}, {@code hasText}, {@code
 * replyTo}. What the e-mail lacks is null. Thread-safe.
 *
 * <p>In Java, because the sender is written by the rules of mail headers, and the plain text is
 * made from the HTML.
 */
final class ReadMail implements Processor {
  /** Name of the variable. */
  static final String VARIABLE = "mail";

  private final EmailSettings settings;

  ReadMail(EmailSettings settings) {
    this.settings = settings;
  }

  @Override
  public void process(Exchange exchange) {
    Mail mail = Mail.of(exchange.getMessage().getBody(byte[].class));
    InternetAddress from = settings.from();
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("from", named(from));
    parts.put("fromEmail", from.getAddress());
    parts.put("fromName", from.getPersonal());
    parts.put("to", mail.to());
    parts.put("toText", String.join(", ", mail.to()));
    List<Map<String, String>> recipients =
        mail.to().stream().map(address -> Map.of("email", address)).toList();
    parts.put("recipients", recipients);
    parts.put("subject", mail.subject());
    parts.put("html", mail.html());
    parts.put("text", mail.text());
    parts.put("hasText", !mail.text().isBlank());
    parts.put("replyTo", mail.replyTo().orElse(null));
    exchange.setVariable(VARIABLE, parts);
  }

  /** Quotes the name only when necessary, because mail clients would show the quotes. */
  private static String named(InternetAddress sender) {
    String name = sender.getPersonal();
    return name != null && name.matches("[\\p{L}\\p{N} _-]+")
        ? name + " <" + sender.getAddress() + ">"
        : sender.toUnicodeString();
  }
}
