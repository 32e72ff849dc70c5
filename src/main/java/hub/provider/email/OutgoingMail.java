package hub.provider.email;

import jakarta.activation.DataHandler;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.ContentDisposition;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.internet.ParameterList;
import jakarta.mail.util.ByteArrayDataSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;

/**
 * An e-mail for an SMTP server: multipart/alternative in UTF-8. Its Message-ID comes from the
 * event, so that mail clients recognise a duplicate.
 */
final class OutgoingMail extends MimeMessage {
  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  private final String messageId;
  private final List<InternetAddress> envelope;
  private final Duration within;
  private final Consumer<List<Address>> accepted;

  /**
   * @param messageId without its angle brackets
   * @param files that go along
   * @param envelope the recipients of this attempt, some or all of those in the e-mail
   * @param within limit for sending
   * @param accepted receives the recipients that the server accepted, when it rejected others
   */
  OutgoingMail(
      Mail mail,
      InternetAddress from,
      String messageId,
      Instant date,
      List<AttachedFiles.File> files,
      List<String> envelope,
      Duration within,
      Consumer<List<Address>> accepted)
      throws MessagingException {
    super((Session) null);
    this.messageId = messageId;
    this.within = within;
    this.accepted = accepted;
    this.envelope = List.of(addresses(envelope));
    setFrom(from);
    setRecipients(Message.RecipientType.TO, addresses(mail.to()));
    if (mail.replyTo().isPresent()) {
      setReplyTo(addresses(List.of(mail.replyTo().get())));
    }
    setSubject(mail.subject(), UTF_8);
    setSentDate(Date.from(date));
    // Mail clients show the last part that they understand.
    MimeMultipart parts = new MimeMultipart("alternative");
    parts.addBodyPart(part(mail.text(), "plain"));
    parts.addBodyPart(part(mail.html(), "html"));
    setContent(files.isEmpty() ? parts : mixed(parts, files));
    saveChanges();
  }

  private static MimeMultipart mixed(MimeMultipart words, List<AttachedFiles.File> files)
      throws MessagingException {
    MimeMultipart all = new MimeMultipart("mixed");
    MimeBodyPart first = new MimeBodyPart();
    first.setContent(words);
    all.addBodyPart(first);
    for (AttachedFiles.File file : files) {
      all.addBodyPart(part(file));
    }
    return all;
  }

  private static MimeBodyPart part(AttachedFiles.File file) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setDataHandler(new DataHandler(new ByteArrayDataSource(file.bytes(), file.contentType())));
    ParameterList name = new ParameterList();
    // The charset of the machine could not write every name.
    name.set("filename", file.name(), UTF_8);
    part.setHeader(
        "Content-Disposition", new ContentDisposition(MimeBodyPart.ATTACHMENT, name).toString());
    part.setHeader("Content-Transfer-Encoding", "base64");
    return part;
  }

  private static MimeBodyPart part(String words, String subtype) throws MessagingException {
    MimeBodyPart part = new MimeBodyPart();
    part.setText(words, UTF_8, subtype);
    return part;
  }

  private static InternetAddress[] addresses(List<String> bare) throws MessagingException {
    InternetAddress[] addresses = new InternetAddress[bare.size()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = new InternetAddress(bare.get(i), true);
    }
    return addresses;
  }

  @Override
  protected void updateMessageID() throws MessagingException {
    setHeader("Message-ID", "<" + messageId + ">");
  }

  Address[] envelope() {
    return envelope.toArray(new Address[0]);
  }

  Duration within() {
    return within;
  }

  void acceptedFor(List<Address> recipients) {
    accepted.accept(recipients);
  }
}
