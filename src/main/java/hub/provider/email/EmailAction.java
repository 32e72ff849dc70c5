package hub.provider.email;

import hub.call.policy.AppendKeys;
import hub.http.problem.ProblemException;
import hub.inbox.JoinsTransaction;
import hub.inbox.camel.SideAppend;
import hub.util.step.TextTemplate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Queues an e-mail, once, and leaves the message as it is. The Kamelet {@code email-action} makes
 * it and sets its parameters. Thread-safe once they are set.
 */
@JoinsTransaction(stores = true)
public final class EmailAction implements Processor {
  /** Name in the registry of the {@link SideAppend}. */
  static final String INBOX = "sideAppend";

  private TextTemplate to = new TextTemplate("");
  private TextTemplate subject = new TextTemplate("");
  private TextTemplate text = new TextTemplate("");
  private TextTemplate html = new TextTemplate("");
  private TextTemplate replyTo = new TextTemplate("");
  private TextTemplate attachments = new TextTemplate("");
  private TextTemplate key = new TextTemplate("");

  /**
   * @throws ProblemException 400 {@code payload-invalid} with all that is wrong with the e-mail;
   *     503 {@code not-configured} when e-mail is not
   */
  @Override
  public void process(Exchange exchange) {
    Mail mail = MailRules.check(fields(exchange));
    bean(exchange, "email", EmailSettings.class).require(mail);
    bean(exchange, INBOX, SideAppend.class)
        .store(
            exchange,
            "email",
            QueueEmail.TYPE,
            AppendKeys.of(exchange, key.of(exchange), "email"),
            mail.bytes());
  }

  private static <T> T bean(Exchange exchange, String name, Class<T> type) {
    return exchange.getContext().getRegistry().lookupByNameAndType(name, type);
  }

  private Map<String, Object> fields(Exchange exchange) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("to", list(to.valueOf(exchange)));
    fields.put("subject", subject.of(exchange));
    String plain = text.of(exchange);
    String page = html.of(exchange);
    fields.put("html", page.isEmpty() && !plain.isEmpty() ? Mail.htmlOf(plain) : page);
    if (!plain.isEmpty()) {
      fields.put("text", plain);
    }
    String answers = replyTo.of(exchange);
    if (!answers.isEmpty()) {
      fields.put("replyTo", answers);
    }
    List<?> files = list(attachments.valueOf(exchange));
    if (!files.isEmpty()) {
      fields.put("attachments", files);
    }
    return fields;
  }

  private static List<?> list(Object given) {
    if (given instanceof List<?> many) {
      return many;
    }
    return given == null
        ? List.of()
        : Stream.of(given.toString().split(","))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();
  }

  /** Addresses, comma-separated, or an expression that yields a list. */
  public void setTo(String to) {
    this.to = new TextTemplate(to);
  }

  /** One line. */
  public void setSubject(String subject) {
    this.subject = new TextTemplate(subject);
  }

  /** Plain text; empty: made from the HTML. */
  public void setText(String text) {
    this.text = new TextTemplate(text);
  }

  /** Empty: made from the text. */
  public void setHtml(String html) {
    this.html = new TextTemplate(html);
  }

  /** An address; empty: the sender's. */
  public void setReplyTo(String replyTo) {
    this.replyTo = new TextTemplate(replyTo);
  }

  /** Keys of stored files, comma-separated, or an expression that yields a list. */
  public void setAttachments(String attachments) {
    this.attachments = new TextTemplate(attachments);
  }

  /** E-mails of one key are one e-mail; empty: {@link AppendKeys#of}. */
  public void setKey(String key) {
    this.key = new TextTemplate(key);
  }
}
